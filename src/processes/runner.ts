import { readRunnerConfig } from '#config/runner.ts'
import type { FoobotError } from '#core/errors.ts'
import { type StartedRunner, startRunner } from '#runner/runner.ts'
import { startOrTell, stopWith } from './lifecycle.ts'
import { makeLog } from './log.ts'
import { startWaiting } from './start-waiting.ts'

/** A runner: acts in its own zone, with its own credentials, and believes nobody. */
export const main = async ({ config: file }: { readonly config: string }): Promise<void> => {
  const config = readRunnerConfig(file)
  const log = makeLog(`runner ${config.name}`)
  const failed = (error: unknown): void => log.error({ error: String(error) }, 'the runner did not stop cleanly')
  const stopped = new AbortController()
  let stop = async (): Promise<void> => undefined
  const release = stopWith(async () => {
    stopped.abort()
    await stop()
  }, failed)
  const clocks = { clock: () => Date.now(), monotonic: () => performance.now() }
  const waiting = {
    stopped: stopped.signal,
    waits: (why: FoobotError) => log.error({ why: why.message }, `${why.say} I wait until I can write, and try again`),
  }
  const start = (): Promise<StartedRunner> => startRunner({ config, ...clocks, log })
  const runner = await startOrTell(() => startWaiting(start, waiting), release)
  if (!runner) return
  stop = () => runner.stop()
  // Whoever started it starts it again: a process cannot unload what ran in it, nor know what a failed write has left.
  void runner.failed.then(async ({ say }) => {
    log.error({}, say)
    await runner.stop().catch(failed)
    process.exit(1)
  })
}
