import { endTexts } from '#core/bundle/end.ts'
import { skewText, toSeconds } from '#core/clock.ts'
import { keyDifference } from './key-differences.ts'
import { isOver } from './too-old.ts'
import type { Way } from './way.ts'

/** One thing that the server needs for its work; `why` may stand where it is well, too: what it will soon lack. */
export type Part = { readonly part: string; readonly ok: boolean; readonly why?: string }

/** Whether the server can do its work: platforms heard, runners linked and well, clock right, log writable, bundle in force. */
export const readiness = (way: Way): { readonly ok: boolean; readonly parts: readonly Part[] } => {
  const platforms = [...way.platforms.values()].map(
    (platform): Part => ({ part: `platform ${platform.name}`, ...platform.health() }),
  )
  const runners = [...way.rules.company.runners.keys()].map((name) => runnerPart(way, name))
  const clock = partOf('clock', way.clockWrong())
  const log = partOf('log', way.group.failing)
  const parts = [...platforms, ...runners, clock, log, bundlePart(way), ...restoredPart(way)]
  return { ok: parts.every(({ ok }) => ok), parts }
}

/** After a copy was restored, until every runner has handed in what it knows. */
const restoredPart = ({ awaited: { names } }: Way): readonly Part[] =>
  names.length === 0
    ? []
    : [
        {
          part: 'restored log',
          ok: false,
          why: `nobody signs in before ${names.join(', ')} handed in what they know: start them, or name one as lost: foobot runner reset NAME --lost`,
        },
      ]

const partOf = (part: string, why: string | undefined): Part => ({ part, ok: why === undefined, ...(why && { why }) })

/** One that counts other keys does its work: it refuses more than it should, and somebody has to look. */
const runnerPart = (way: Way, name: string): Part => {
  const part = partOf(`runner ${name}`, whyNotRunner(way, name))
  const admitted = way.runners.get(name)
  const why = part.ok && admitted ? keyDifference(way, admitted.connection) : undefined
  return why === undefined ? part : { ...part, why }
}

const whyNotRunner = (way: Way, name: string): string | undefined => {
  const skew = way.runners.skewOf(name)
  if (skew !== undefined) return `its clock is ${skewText(skew)}: set the one that is wrong`
  const admitted = way.runners.get(name)
  if (!admitted) return 'it is away'
  const held = admitted.connection.announced.bundle
  if (held?.digest !== way.rules.bundle.digest) return 'it does not hold the bundle in force'
  const troubles = way.runners.troublesOf(name)
  return troubles.length > 0 ? `it says: ${troubles.join('; ')}` : undefined
}

const bundlePart = (way: Way): Part => {
  const why = endTexts(way.rules.bundle, toSeconds(way.clock())).join(' ')
  return { part: 'bundle', ok: !isOver(way), ...(why && { why }) }
}
