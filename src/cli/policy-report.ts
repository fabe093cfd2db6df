import type { Possibility, Reach, Report, SoftSpot } from '#core/policy/check.ts'
import type { Requirement } from '#core/policy/decision.ts'
import { isAtLeast, tiers } from '#core/tier.ts'
import { blockLines, wrapped } from './terminal/blocks.ts'
import { inOneLine } from './terminal/clean.ts'
import type { Line } from './terminal/paint.ts'

/** What `foobot policy check` says, for a terminal of some columns. */
export const reportLines = (report: Report, width: number): Line[] => {
  const { possibilities, parties, softSpots, complaints, notes, passed } = report
  const sections: readonly (readonly [title: string, lines: Line[]])[] = [
    ['Who could run what, and with whose consent', possibilityLines(possibilities, everybodyOf(possibilities), width)],
    ['What one party alone could run, of all commands of a tier', partyLines(parties, width)],
    [
      'Policies',
      complaints.flatMap(({ policy, say, weight }) =>
        told(`${policy}: ${say}${weight === 'slow' ? ' (slow, not wrong)' : ''}`, width),
      ),
    ],
    ['What never runs, or not for everybody', notes.flatMap((note) => told(note, width))],
    ['Soft spots', spotLines(softSpots, width)],
  ]
  return [
    ...sections.flatMap(([title, lines]): Line[] =>
      lines.length === 0 ? [] : [[{ text: title, style: 'bold' }], ...lines, []],
    ),
    verdict(passed, softSpots),
  ]
}

const verdict = (passed: boolean, softSpots: readonly SoftSpot[]): Line => {
  if (!passed) return [{ text: 'The check has not passed.', style: 'red' }]
  const but = softSpots.length === 0 ? '' : ', the accepted soft spots apart'
  return [{ text: `Nobody alone reaches further than is meant${but}.`, style: 'green' }]
}

const everybodyOf = (possibilities: readonly Possibility[]): number =>
  Math.max(0, ...possibilities.filter(({ tier }) => tier === 'open').map(({ people }) => people.length))

/** One row for all owners that come to the same. */
const possibilityLines = (possibilities: readonly Possibility[], everybody: number, width: number): Line[] => {
  if (possibilities.length === 0) return []
  const alike = Map.groupBy(possibilities, ({ command, people, owes }) => JSON.stringify([command, people, owes]))
  const variants = Map.groupBy(possibilities, ({ command }) => command)
  const rows = [...alike.values()]
    .flatMap((same) => {
      const [first] = same
      if (!first) return []
      const { command, tier, people, owes } = first
      const isAll = same.length === variants.get(command)?.length
      const owners = isAll ? '' : same.map(({ owner }) => owner ?? '(nobody)').join(', ')
      const who = tier === 'open' && people.length === everybody ? 'everybody' : people.join(', ')
      return [{ tier, row: [tier, command, owners, who, owes.map(inWords).join(', ')] }]
    })
    .sort((a, b) => tiers.indexOf(a.tier) - tiers.indexOf(b.tier))
    .map(({ row }) => row)
  return blockLines({ type: 'table', columns: ['tier', 'command', 'owned by', 'who', 'with'], rows }, width)
}

const inWords = (owed: Requirement): string => {
  switch (owed.kind) {
    case 'reason':
      return `a reason (${owed.because})`
    case 'signature':
      return `their ${owed.key} signature (${owed.because})`
    case 'second-factor':
      return `their consent (${owed.because})`
    case 'approval':
      return `${owed.count} of ${owed.group} (${owed.because})`
  }
}

const partyLines = (parties: readonly Reach[], width: number): Line[] => {
  const [first] = parties
  if (!first) return []
  const rows = parties.map(({ party, upTo, tiers: reached }) => [
    party,
    ...reached.map(({ tier, commands, reached }) => {
      const isTooFar = reached.length > 0 && (upTo === undefined || (tier !== upTo && isAtLeast(tier, upTo)))
      return `${countOf(reached.length, commands)}${isTooFar ? ' !' : ''}`
    }),
    party.startsWith('the runner ') ? 'its own zone' : (upTo ?? 'nothing'),
  ])
  const columns = ['party', ...first.tiers.map(({ tier }) => tier), 'meant to reach']
  return blockLines({ type: 'table', columns, rows }, width)
}

const countOf = (reached: number, all: number): string =>
  reached === 0 ? '–' : reached === all ? `all ${all}` : `${reached} of ${all}`

const spotLines = (softSpots: readonly SoftSpot[], width: number): Line[] =>
  softSpots.flatMap(({ name, say, accepted }) =>
    accepted === undefined
      ? told(`${name}: ${say} Change it, or write it under "accepted" in company.yaml with the reason.`, width).map(red)
      : told(`${name}: ${say} Accepted: ${accepted}.`, width),
  )

/** One paragraph, whatever it tells of. */
const told = (text: string, width: number): Line[] => wrapped(inOneLine(text), width)

const red = (line: Line): Line => line.map(({ text }) => ({ text, style: 'red' }))
