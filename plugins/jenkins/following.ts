import type { Block } from 'foobot'
import type { Jenkins } from './client.ts'
import type { Build } from './wire.ts'

export type Watching = {
  readonly say: (said: Block[]) => void
  readonly progress: (text: string, part?: number) => void
  readonly signal: AbortSignal
}

/** Lines of a console that are shown where a build did not succeed. */
const shownLines = 8

/** What becomes of a build that did not succeed, as a sentence ends. */
const ends = {
  FAILURE: 'failed',
  UNSTABLE: 'is unstable: some of its tests failed',
  ABORTED: 'was aborted in Jenkins',
  NOT_BUILT: 'was not built',
} as const

/**
 * Follows a build to its end, showing where it stands.
 * @param what as people call it: `Platform install commit-1248994`
 * @throws where it did not succeed, after its last lines and a link were said
 */
export const follow = async (
  jenkins: Jenkins,
  job: string,
  begun: Build,
  what: string,
  { say, progress, signal }: Watching,
): Promise<void> => {
  const { result, url, number, console } = await jenkins.ended(
    job,
    begun,
    (line, now) => progress(line, partOf(now)),
    signal,
  )
  if (result === 'SUCCESS' || result === null) return
  const lines = console.trimEnd().split('\n').slice(-shownLines).join('\n')
  say([
    { type: 'code', text: lines },
    { type: 'link', url: `${url.replace(/\/$/, '')}/console`, title: `The whole console of #${number}` },
  ])
  throw new Error(`${what} (#${number}) ${ends[result]}.`)
}

/** How far it should be by now, as Jenkins expects; never done before it is. */
const partOf = ({ timestamp, estimatedDuration }: Build): number | undefined =>
  estimatedDuration > 0 ? Math.min(0.99, Math.max(0, (Date.now() - timestamp) / estimatedDuration)) : undefined
