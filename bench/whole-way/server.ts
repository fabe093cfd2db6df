import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { readMachineKey } from '../../src/config/machine-key.ts'
import { readServerConfig } from '../../src/config/server.ts'
import { type Engine, makeEngine } from '../../src/engine/engine.ts'
import { RunnerLink } from '../../src/links/ws/runner-link.ts'
import { Bundles } from '../../src/processes/bundles.ts'
import { openStorage } from '../../src/storage/open.ts'
import { people } from '../company.ts'
import { complaining, makeWay, messageOf, temporaryFolder } from '../way.ts'
import { lineOf, runner, writeCompany } from './company.ts'
import { type Door, makeDoor } from './door.ts'

/**
 * The server's parts as `src/processes/server.ts` puts them together, without http, with a platform of the bench's own:
 * the native one lets a person say 20 lines a second. The runner is the real one, in a process of its own.
 */
export type Running = {
  readonly commands: number
  /** Says the next command; resolves with the milliseconds until its receipt was recorded and its end was told. */
  readonly say: () => Promise<number>
  readonly stop: () => Promise<void>
}

const program = join(import.meta.dirname, '../../src/cli/main.ts')
/** Milliseconds that a runner has to come. */
const patience = 30_000

export const start = async (commands: number): Promise<Running> => {
  const data = temporaryFolder()
  const runnerFile = await writeCompany(data, commands)
  const config = readServerConfig(join(data, 'server', 'server.yaml'))
  const logKey = readMachineKey(config.logKey)
  const bundles = new Bundles(data, config, Date.now)
  const storage = await openStorage(data, (error) => {
    throw error
  })
  const door = makeDoor()
  let stopping = false
  const way = await makeWay({
    bundle: bundles.held,
    storage,
    platform: door,
    logKey,
    log: { ...complaining, warn: (fields, message) => stopping || complaining.warn(fields, message) },
    packsAfter: (version) => bundles.after(version),
  })
  const engine = makeEngine(way)
  await engine.restore()
  const link = new RunnerLink({
    deployment: config.deployment,
    ears: engine.runnerEars,
    clock: Date.now,
    newNonce: way.newId,
    log: way.log,
  })
  await link.listen(config.socket)
  const timer = setInterval(() => void engine.tick(), 1000)
  const child = fork(program, ['runner', '--config', runnerFile], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, FOOBOT_LOG: 'warn' },
  })
  await here(child, () => way.runners.get(runner)?.connection.announced.bundle !== undefined)
  let next = 0
  return {
    commands,
    say: () => sayOne(engine, door, lineOf(next, commands), next++),
    stop: async () => {
      stopping = true
      clearInterval(timer)
      if (child.exitCode === null) {
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
      await link.close()
      await way.group.drain()
      await storage.close()
    },
  }
}

/** Many people, since a runner lets each look only so often. */
const sayOne = async (engine: Engine, door: Door, line: string, number: number): Promise<number> => {
  const message = messageOf(people[number % people.length] ?? '', `m${number}`, line)
  const begun = performance.now()
  const ended = door.ended(message)
  await Promise.all([ended, engine.receive(message)])
  return performance.now() - begun
}

/** @throws where the runner ends or does not come in time */
const here = async (child: ChildProcess, came: () => boolean): Promise<void> => {
  const late = performance.now() + patience
  while (!came()) {
    if (child.exitCode !== null) throw new Error(`the runner ended with code ${child.exitCode}`)
    if (performance.now() > late) throw new Error('the runner did not come')
    await after(10)
  }
}
