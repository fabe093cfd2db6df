import { type Figure, figureOf, measure, quantile } from './measure.ts'
import { named, question, rate, ratio, remark, table, time } from './table.ts'
import { floors, makeFloors } from './whole-way/floors.ts'
import { type Running, start } from './whole-way/server.ts'

question('What does the whole way cost, from a line heard to its receipt recorded?')

const counts = [10, 1000]
const atOnce = 64
const rounds = 5
/** Commands of one run. */
const alone = 100
const crowd = 1500
/** Commands that are said before anything is measured. */
const warmUp = 1500

/** Milliseconds that each command took, and nanoseconds that each cost while so many were on the way. */
type Run = { readonly waits: readonly number[]; readonly each: number }

/** Says commands, always so many at once. */
const run = async (way: Running, count: number, width: number): Promise<Run> => {
  const waits: number[] = []
  let left = count
  const voice = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      waits.push(await way.say())
    }
  }
  const begun = performance.now()
  await Promise.all(Array.from({ length: width }, voice))
  return { waits, each: ((performance.now() - begun) * 1e6) / count }
}

const bare = await makeFloors()
const ways: Running[] = []
for (const commands of counts) ways.push(await start(commands))
for (const way of ways) await run(way, warmUp, atOnce)

const taken = ways.map((way) => ({ way, alone: [] as Run[], crowd: [] as Run[] }))
for (let round = 0; round < rounds; round += 1) {
  for (const one of taken) one.alone.push(await run(one.way, alone, 1))
  for (const one of taken) one.crowd.push(await run(one.way, crowd, atOnce))
}
const measured = await measure(bare.cases)
const floor = (name: string): Figure => named(measured, name)

table(
  ['floor', 'median', 'lowest to highest', 'rate'],
  measured.map(({ name, median, lowest, highest }) => [
    name,
    time(median),
    `${time(lowest)} to ${time(highest)}`,
    rate(median),
  ]),
)
remark('')

/** In a row, one command waits for two commits (its warrant, its receipt) and for one claim. */
const durable = 2 * floor(floors.commit).median + floor(floors.datasync).median
const row = (name: string, runs: readonly Run[], against: number): readonly string[] => {
  const { median, lowest, highest } = figureOf(
    name,
    runs.map(({ each }) => each),
  )
  const waits = runs.flatMap((one) => one.waits).toSorted((a, b) => a - b)
  const wait = (part: number): string => time(quantile(waits, part) * 1e6)
  return [name, rate(median), `${rate(highest)} to ${rate(lowest)}`, wait(0.5), wait(0.99), ratio(median / against)]
}
table(
  ['whole way', 'median', 'lowest to highest', 'waits, half', '99 of 100', 'times the floor'],
  taken.flatMap(({ way: { commands }, alone, crowd }) => [
    row(`one at a time, ${commands} commands`, alone, durable),
    row(`${atOnce} at once, ${commands} commands`, crowd, floor(floors.commit).median),
  ]),
)
remark('')
remark(
  'Floor of one at a time: two single commits and one fdatasync in a row. Of many at once: one single commit each.',
)
const [few, many] = taken
const growthOf = (what: string, runs: (of: (typeof taken)[number]) => readonly Run[]): void => {
  if (!few || !many) return
  const median = (of: (typeof taken)[number]): number =>
    figureOf(
      what,
      runs(of).map(({ each }) => each),
    ).median
  remark(`Growth of ${what}, from 10 to 1,000 commands: ×${(median(many) / median(few)).toFixed(2)}.`)
}
growthOf('one at a time', (of) => of.alone)
growthOf(`${atOnce} at once`, (of) => of.crowd)
for (const way of ways) await way.stop()
await bare.close()
