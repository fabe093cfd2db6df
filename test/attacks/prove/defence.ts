/** Lines of one file, and what stands there once they are removed. */
export type Hunk = {
  readonly path: string
  /** Whole lines in one piece, without indentation. */
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

/** What an attack test says that it stands on: all its hunks are removed together. */
export type Defence = {
  /** The line of the test file that names it, from 1. */
  readonly line: number
  readonly hunks: readonly Hunk[]
}

/** The comments of a test file that name its defences, as CONTRIBUTING.md shows them. @throws Error for one that names nothing */
export const defencesOf = (text: string): Defence[] => {
  const lines = text.split('\n')
  const starts = lines.flatMap((line, at) => (line.startsWith('// DEFENCE ') ? [at] : []))
  return starts.map((at) => {
    const end = lines.findIndex((line, n) => n > at && !/^\/\/ (?:AND |[-+] )/.test(line))
    return { line: at + 1, hunks: hunksOf(lines.slice(at, end === -1 ? undefined : end), at + 1) }
  })
}

const hunksOf = (block: readonly string[], line: number): Hunk[] => {
  const heads = block.flatMap((one, at) => (/^\/\/ (?:DEFENCE|AND) /.test(one) ? [at] : []))
  return heads.map((from, n) => {
    const body = block.slice(from + 1, heads[n + 1])
    const marked = (mark: string) => body.filter((one) => one[3] === mark).map((one) => one.slice(5).trim())
    const hunk = { path: (block[from] ?? '').split(' ')[2] ?? '', removed: marked('-'), added: marked('+') }
    if (hunk.removed.length === 0)
      throw new Error(`line ${line}: a defence is named by at least one line after "// - "`)
    return hunk
  })
}

/** Where a hunk's lines begin in its file, from 1: once, where it is not stale. */
export const placesOf = ({ removed }: Hunk, text: string): number[] => {
  const lines = text.split('\n').map((line) => line.trim())
  return lines.flatMap((_, at) => (removed.every((line, n) => lines[at + n] === line) ? [at + 1] : []))
}

/** A file without the hunk. @throws Error where its lines do not stand there exactly once */
export const without = (hunk: Hunk, text: string): string => {
  const [place, ...more] = placesOf(hunk, text)
  if (place === undefined || more.length > 0) throw new Error(staleness(hunk, text) ?? hunk.path)
  return text
    .split('\n')
    .toSpliced(place - 1, hunk.removed.length, ...hunk.added)
    .join('\n')
}

/** Why a hunk names nothing any more; undefined where it does. */
export const staleness = (hunk: Hunk, text: string | undefined): string | undefined => {
  const { path, removed } = hunk
  if (text === undefined) return `there is no ${path}`
  const places = placesOf(hunk, text)
  if (places.length === 1) return undefined
  const what = removed.length === 1 ? removed[0] : `${removed[0]} …`
  return places.length === 0
    ? `${path} has no line "${what}" any more`
    : `${path} has "${what}" ${places.length} times, at ${places.join(', ')}: name more lines`
}
