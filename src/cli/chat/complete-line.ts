import { cleanValue } from '../terminal/clean.ts'

export type Completing = {
  readonly rooms: readonly string[]
  /** In this room Foobot's name is not needed. */
  readonly alone: boolean
  /** What a command begun may become, without Foobot's name. */
  readonly ask: (begun: string) => Promise<readonly string[]>
}

const ofTerminal = ['/help', '/more', '/quit', '/room ', '/rooms', '/sign ']

const isPlain = (text: string): boolean => cleanValue(text) === text

/** Whole lines that begin with `line`. */
export const completeLine = async (line: string, { rooms, alone, ask }: Completing): Promise<readonly string[]> => {
  const among = (lines: readonly string[]): string[] => lines.filter((one) => one.startsWith(line))
  if (line.startsWith('/room ')) return among(rooms.filter(isPlain).map((room) => `/room ${room}`))
  if (line.startsWith('/sign ')) return among(['/sign off', '/sign on'])
  if (line.startsWith('/')) return among(ofTerminal)
  const named = /^foobot[:,]? +/i.exec(line)?.[0]
  if (named === undefined && !alone) return 'foobot '.startsWith(line.toLowerCase()) ? ['Foobot '] : []
  const head = named ?? ''
  const begun = line.slice(head.length)
  const found = await ask(begun)
  // What was typed keeps its case; the rest is as it is declared. The terminal would obey it, and so it is a plain line.
  return found.filter(isPlain).map((whole) => head + begun + whole.slice(begun.length))
}
