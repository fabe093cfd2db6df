/** How much of something anybody may take. Every one stands in `docs/limits.md`. */
export type Bound = {
  /** Lower-case words with dashes: names it in the metrics and in `docs/limits.md`. */
  readonly name: string
  /** At most so many. */
  readonly most: number
  /** What is counted, as `bytes`. */
  readonly unit: string
  /** Where it is a rate: how many more each second; `most` is what may come at once. */
  readonly perSecond?: number
  /** What it bounds, and for whom, as `the body of a request`. */
  readonly of: string
  /** The sentence that whoever reaches it is told; where nobody can be told, what happens. */
  readonly say: string
  /** How often it was reached in this process. */
  readonly times: number
  /** Counts that it was reached. */
  reached(): void
}

type Declared = Omit<Bound, 'name' | 'times' | 'reached'>

const declared = new Map<string, Bound>()

/** Declares a bound. The one way to make one: what is declared can be listed, counted and documented. */
export const bound = (name: string, about: Declared): Bound => {
  if (declared.has(name)) throw new Error(`the bound ${name} is declared twice`)
  let times = 0
  const made: Bound = {
    name,
    ...about,
    get times() {
      return times
    },
    reached: () => {
      times++
    },
  }
  declared.set(name, made)
  return made
}

/** All that the loaded modules declare, by name. */
export const bounds = (): readonly Bound[] =>
  [...declared.values()].toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))

/** Its default as people read it: `64 KiB`, `40 frames at once, 20 a second`. */
export const boundText = ({ most, unit, perSecond }: Pick<Bound, 'most' | 'unit' | 'perSecond'>): string => {
  const amount = (count: number): string => {
    if (unit === 'bytes') return bytesText(count)
    if (unit === 'milliseconds') return count % 1000 === 0 ? `${count / 1000} s` : `${count} ms`
    return `${count.toLocaleString('en-US')} ${count === 1 ? unit.replace(/s$/, '') : unit}`
  }
  return perSecond === undefined ? amount(most) : `${amount(most)} at once, ${rateText(unit, perSecond)}`
}

const bytesText = (count: number): string => {
  if (count % (1024 * 1024) === 0) return `${count / (1024 * 1024)} MiB`
  return count % 1024 === 0 ? `${count / 1024} KiB` : `${count} bytes`
}

/** Below one a second, said by the hour. */
const rateText = (unit: string, perSecond: number): string => {
  if (perSecond < 1) return `${Math.round(perSecond * 3600)} an hour`
  return `${unit === 'bytes' ? bytesText(perSecond) : perSecond} a second`
}
