/** What is measured: does one thing so many times. */
export type Case = { readonly name: string; readonly run: (times: number) => unknown }

/** Nanoseconds for one time, over several short runs. */
export type Figure = {
  readonly name: string
  readonly median: number
  readonly lowest: number
  readonly highest: number
}

const rounds = 9
/** Milliseconds of one run, and of the warming up before the first. */
const runFor = 60
const warmFor = 250

/** Measures cases in turns, so that whatever else the machine does meanwhile falls on all of them alike. */
export const measure = async (cases: readonly Case[]): Promise<readonly Figure[]> => {
  const ready = []
  for (const one of cases) ready.push({ one, times: await warm(one), took: [] as number[] })
  for (let round = 0; round < rounds; round += 1) {
    for (const { one, times, took } of ready) took.push((await timed(one, times)) / times)
  }
  return ready.map(({ one, took }) => figureOf(one.name, took))
}

/** @param took nanoseconds of one time, one number a run */
export const figureOf = (name: string, took: readonly number[]): Figure => {
  const sorted = took.toSorted((a, b) => a - b)
  return { name, median: quantile(sorted, 0.5), lowest: quantile(sorted, 0), highest: quantile(sorted, 1) }
}

/** @param part from 0, the first, to 1, the last */
export const quantile = (sorted: readonly number[], part: number): number => {
  const found = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]
  if (found === undefined) throw new Error('nothing was measured')
  return found
}

/** How many times fill one run, once the case runs as fast as it gets. */
const warm = async (one: Case): Promise<number> => {
  const end = performance.now() + warmFor
  let times = 1
  for (;;) {
    const took = (await timed(one, times)) / 1e6
    if (took < runFor / 2) times *= 2
    else if (performance.now() > end) return Math.max(1, Math.round((times * runFor) / took))
  }
}

const timed = async (one: Case, times: number): Promise<number> => {
  const start = process.hrtime.bigint()
  await one.run(times)
  return Number(process.hrtime.bigint() - start)
}

let last: unknown

/** Takes a result, so that the engine does not leave out the work that made it. */
export const use = (result: unknown): void => {
  last = result
}

/** What was used last; read by nobody, and the engine cannot know that. */
export const used = (): unknown => last
