import { bound } from '#bounds/bound.ts'
import { type FromClient, fromClient, mostEntries, mostLine } from '#wire/native.ts'

const line = bound('native-line', {
  most: mostLine,
  unit: 'characters',
  of: 'one line that somebody says',
  say: `A line has at most ${mostLine.toLocaleString('en-US')} characters. Say it in parts.`,
})
bound('native-entries', {
  most: mostEntries,
  unit: 'messages',
  of: 'one page of a room’s history',
  say: 'What was said before stands on the next page: "/more" in "foobot chat" shows it.',
})

export type ReadFrame = { readonly frame: FromClient } | { readonly say: string }

export const unreadable: ReadFrame = { say: 'I cannot read that. Use the same version of Foobot on both sides.' }

/** A client's frame, or what to say to one that sends something else: one short sentence, however long that was. */
export const readFrame = (text: string): ReadFrame => {
  const parsed = fromClient.safeParse(jsonOf(text))
  if (parsed.success) return { frame: parsed.data }
  const isLongLine = parsed.error.issues.some(({ code, path }) => code === 'too_big' && path[0] === 'text')
  if (!isLongLine) return unreadable
  line.reached()
  return { say: line.say }
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
