import type { Figure } from './measure.ts'

/** Prints the heading of one question. */
export const question = (text: string): void => console.log(`\n## ${text}\n`)

/** Prints one thing that was learned beside the figures. */
export const remark = (text: string): void => console.log(text)

/** Prints rows under their columns; the first column is text, all others stand to the right. */
export const table = (columns: readonly string[], rows: readonly (readonly string[])[]): void => {
  const widths = columns.map((column, i) => Math.max(column.length, ...rows.map((row) => (row[i] ?? '').length)))
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  console.log([line(columns), line(rule), ...rows.map(line)].join('\n'))
}

/** Prints figures with how many times the floor each takes. */
export const figures = (all: readonly Figure[], floor: Figure): void =>
  table(
    ['what', 'median', 'lowest to highest', 'times the floor'],
    all.map((one) => [
      one.name,
      time(one.median),
      `${time(one.lowest)} to ${time(one.highest)}`,
      one === floor ? '1' : ratio(one.median / floor.median),
    ]),
  )

/** A figure by its name. @throws where nothing of that name was measured */
export const named = (all: readonly Figure[], name: string): Figure => {
  const found = all.find((one) => one.name === name)
  if (!found) throw new Error(`nothing called ${name} was measured`)
  return found
}

/** Prints how a cost grows with what it must not grow with. */
export const growth = (what: string, few: Figure, many: Figure): void =>
  remark(`Growth of ${what}: ×${(many.median / few.median).toFixed(2)}.`)

/** @param nanoseconds of one time */
export const time = (nanoseconds: number): string => {
  if (nanoseconds < 1000) return `${short(nanoseconds)} ns`
  if (nanoseconds < 1e6) return `${short(nanoseconds / 1e3)} µs`
  if (nanoseconds < 1e9) return `${short(nanoseconds / 1e6)} ms`
  return `${short(nanoseconds / 1e9)} s`
}

/** @param nanoseconds of one time */
export const rate = (nanoseconds: number): string => `${Math.round(1e9 / nanoseconds).toLocaleString('en')}/s`

export const ratio = (times: number): string => short(times)

const short = (value: number): string =>
  value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0)
