import { resolve } from 'node:path'
import pino from 'pino'
import { readMachineKey } from '#config/machine-key.ts'
import { readRunnerConfig } from '#config/runner.ts'
import { startRunner } from '#runner/runner.ts'
import { stopWith } from './lifecycle.ts'

/** A runner: acts in its own zone, with its own credentials, and believes nobody. */
export const main = async ({ config }: { readonly config: string }): Promise<void> => {
  const read = readRunnerConfig(resolve(config))
  const log = pino({ base: { process: `runner ${read.name}` } }, pino.destination({ dest: 2, sync: true }))
  const { deployment, name, server, root, lowest, folder, plugins } = read
  const runner = await startRunner({
    setup: { deployment, name, key: readMachineKey(read.key), server, root, lowestBundle: lowest, folder, plugins },
    clock: () => Date.now(),
    log,
  })
  stopWith(
    () => runner.stop(),
    (error) => log.error({ error: String(error) }, 'the runner did not stop cleanly'),
  )
}
