/** What surrounds a line when it is said: all that understanding may know. Canonical text is read without any of it. */
export type Speaking = {
  /** When the message was sent, in milliseconds. */
  readonly now: number
  /** The company's IANA time zone. */
  readonly zone: string
  readonly dateOrder: 'month-first' | 'day-first'
  /** The speaker's person id; absent where no person stands behind the account. */
  readonly me?: string
  readonly directory: Directory
}

/** Who and what there is by name. */
export type Directory = {
  /** The ids of the people whose id or name this is, in any case. */
  readonly people: (said: string) => readonly string[]
  /** The group of this name, in any case, as it is spelt. */
  readonly group: (said: string) => string | undefined
}

/** Builds the look-ups once for a company. */
export const directoryOf = (
  people: Iterable<{ readonly id: string; readonly name: string }>,
  groups: Iterable<string>,
): Directory => {
  const byName = new Map<string, Set<string>>()
  for (const { id, name } of people) {
    for (const key of [fold(id), fold(name)]) byName.set(key, (byName.get(key) ?? new Set()).add(id))
  }
  const spelling = new Map([...groups].map((group) => [fold(group), group]))
  return { people: (said) => [...(byName.get(fold(said)) ?? [])], group: (said) => spelling.get(fold(said)) }
}

const fold = (name: string): string => name.normalize('NFC').toLowerCase()

/** Making a formatter costs a hundred times what using it does, and a company has one zone. */
const formatters = new Map<string, Intl.DateTimeFormat>()

/** The calendar day in a zone at a moment. */
export const dayIn = (now: number, zone: string): { year: number; month: number; day: number } => {
  const formatter = formatters.get(zone) ?? formatterOf(zone)
  formatters.set(zone, formatter)
  const parts = formatter.formatToParts(now)
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value)
  return { year: part('year'), month: part('month'), day: part('day') }
}

const formatterOf = (timeZone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-US-u-ca-gregory', { timeZone, year: 'numeric', month: 'numeric', day: 'numeric' })
