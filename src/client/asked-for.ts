import type { Asked } from './asked.ts'
import { type Circumstances, commandTyped } from './unasked.ts'

/** A word says nothing of a statement: only its room knows what it means. */
const word = /^[a-z]{3,16}$/i

/** Why a statement is another one than was asked for by its code or id; undefined where it is that one, and for a word. */
export const otherThan = (which: string, { code, statement }: Asked): string | undefined => {
  if (word.test(which) || [code, statement.id].includes(which) || code === which.toUpperCase()) return undefined
  return `Not signed: you asked for ${which}, and the server sent ${code}. Do not sign that; tell an administrator.`
}

/** The same of a statement that came for a line which says what to approve. */
export const notAskedFor = ({ line, person }: Circumstances, asked: Asked): string | undefined => {
  const which = /^approve +"?([^\s"]+)/i.exec(commandTyped(line, person) ?? '')?.[1]
  return which === undefined ? undefined : otherThan(which, asked)
}
