import type { Asked } from '#client/asked.ts'
import { display } from '#core/statement/display.ts'

/** Why a statement is not what its signer expects, byte for byte; undefined where it is. */
export const mismatch = ({ statement, code }: Asked, expected: string): string | undefined => {
  if (statement.text === expected) return undefined
  // The first line of what would be signed, with nothing hidden in it.
  const [text] = display(statement).split('\n')
  return `Not signed: ${code} is not what you expect. There stands ${text}`
}
