import { readRunnerConfig } from '#config/runner.ts'
import { startRunner } from '#runner/runner.ts'
import { stopWith } from './lifecycle.ts'
import { makeLog } from './log.ts'

/** A runner: acts in its own zone, with its own credentials, and believes nobody. */
export const main = async ({ config: file }: { readonly config: string }): Promise<void> => {
  const config = readRunnerConfig(file)
  const log = makeLog(`runner ${config.name}`)
  const runner = await startRunner({ config, clock: () => Date.now(), log })
  const failed = (error: unknown): void => log.error({ error: String(error) }, 'the runner did not stop cleanly')
  stopWith(() => runner.stop(), failed)
  // Whoever started it starts it again: a process cannot unload what ran in it.
  void runner.failed.then(async ({ say }) => {
    log.error({}, say)
    await runner.stop().catch(failed)
    process.exit(1)
  })
}
