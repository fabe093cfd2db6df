import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { Connection } from '#client/connection.ts'
import { findSigners } from '#client/find-signer.ts'
import { makeKeyFile } from '#client/make-key.ts'
import { makeMachineKey } from '#config/machine-key.ts'
import { readRunnerConfig } from '#config/runner.ts'
import type { Block } from '#core/reply/reply.ts'
import type { Logger } from '#engine/logger.ts'
import { startServer } from '#processes/server.ts'
import { signBundle } from '#processes/sign-bundle.ts'
import { type StartedRunner, startRunner } from '#runner/runner.ts'
import type { FromServer, RequestView } from '#wire/native.ts'

/** What a test says of the company that its bot works for. */
export type BotOptions = {
  /** The plugin's folder: in a test beside it, `import.meta.dirname`. */
  readonly plugin: string
  /** What would stand under `config` in a runner's configuration file. */
  readonly config?: unknown
  /** Person to groups, as `{ steve: ['Support'], fiona: [] }`. */
  readonly people: Readonly<Record<string, readonly string[]>>
  /** Cedar: who may say what. Without a permit nobody may say anything that is not `open`. */
  readonly policy?: string
  /** A system's owner label to the group that answers for it. */
  readonly owners?: Readonly<Record<string, string>>
  /** Paths of the plugin's webhooks, which are announced in the company's room. */
  readonly webhooks?: readonly string[]
}

/** What came of one line. */
export type Answer = {
  /** How it ended, or where it stands: `done`, `failed`, `refused`, `asking`, … */
  readonly state: RequestView['state']
  /** All sentences and texts that were answered, a line each. */
  readonly text: string
  readonly blocks: readonly Block[]
  /** The canonical command, where it was one. */
  readonly command?: string
}

/** What a system posts to a webhook. */
export type Posted = {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array<ArrayBuffer>
}

export type Bot = {
  /** Says one line to Foobot in the company's room, without its name, and waits until it has ended or asks. */
  says(line: string, by: { readonly as: string }): Promise<Answer>
  /** Where a webhook's system posts to, for stand-ins that do it themselves. */
  address(path: string): string
  /** Posts to a webhook, as its system does; gives the status that is answered. */
  delivers(path: string, posted: Posted): Promise<number>
  /** All that webhooks have said in the room so far, a line a message; waits until there are as many, at most 10 s. */
  told(count: number): Promise<readonly string[]>
  /** Ends the runner, and starts it again with what it has kept. */
  restartsRunner(): Promise<void>
  close(): Promise<void>
}

/** Who signs a test company's bundle. */
const administrator = 'root'
const room = 'room'
/** Milliseconds to wait for what webhooks say. */
const patience = 10_000

/**
 * A bot in a test: a real server and a real runner with one plugin, in this process, with a company of its own in a
 * temporary folder. Policy, statement, log and every check of the runner are the real ones.
 * @throws FoobotError where plugin, configuration or policy are refused
 */
export const testBot = async (options: BotOptions): Promise<Bot> => {
  const data = mkdtempSync(join(tmpdir(), 'foobot-bot-'))
  const silent: Logger = { info: nothing, warn: nothing, error: nothing }
  const stops: (() => Promise<void> | void)[] = [() => rmSync(data, { recursive: true, force: true })]
  const close = async (): Promise<void> => {
    for (const stop of stops.splice(0).reverse()) await stop()
  }
  try {
    const by = writeCompany(data, options)
    await signBundle(data, Date.now(), by)
    const server = await startServer({ data, port: 0 }, silent)
    stops.push(() => server.stop())
    const config = readRunnerConfig(runnerFile(data))
    let runner = await startRunner({ config, clock: Date.now, monotonic, log: silent })
    stops.push(() => runner.stop())
    await linkedOr(runner, server.url)
    const ear = options.webhooks && (await listen(server.url, data))
    stops.push(() => ear?.close())
    const voices = new Map<string, Voice>()
    stops.push(() => {
      for (const voice of voices.values()) voice.connection.close()
    })
    return {
      says: async (line, { as }) => {
        const voice = voices.get(as) ?? (await speakAs(as, server.url, data))
        voices.set(as, voice)
        return voice.say(line)
      },
      address: (path) => `${server.url}/hooks/${path}`,
      delivers: async (path, posted) =>
        (await fetch(`${server.url}/hooks/${path}`, { method: 'POST', ...posted })).status,
      told: async (count) => (ear ? ear.heard(count) : []),
      restartsRunner: async () => {
        await runner.stop()
        runner = await startRunner({ config, clock: Date.now, monotonic, log: silent })
        await linkedOr(runner, server.url)
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

const nothing = (): void => undefined
const monotonic = (): number => performance.now()

const runnerFile = (data: string): string => join(data, 'runners', 'tested', 'runner.yaml')

const writeCompany = (data: string, options: BotOptions) => {
  const { plugin, config, people, policy = '', owners = {}, webhooks = [] } = options
  for (const folder of ['keys', 'server', 'runners/tested', 'company/people', 'company/policy']) {
    mkdirSync(join(data, folder), { recursive: true, mode: 0o700 })
  }
  const company = (file: string, what: unknown): void => writeFileSync(join(data, 'company', file), stringify(what))
  const by = { person: administrator, keyFile: join(data, 'keys', 'administrator') }
  const root = { administrators: [{ person: by.person, key: makeKeyFile(by.keyFile, 'test') }], threshold: 1 }
  const deployment = 'test'
  company('company.yaml', {
    deployment,
    name: 'Test',
    zone: 'Etc/UTC',
    dateOrder: 'month-first',
    root,
    log: { key: makeMachineKey(join(data, 'server', 'log.key')) },
    runners: { tested: { key: makeMachineKey(join(data, 'runners', 'tested', 'runner.key')), zone: 'the test' } },
    owners,
    webhooks: Object.fromEntries(webhooks.map((path) => [path, { runner: 'tested', room }])),
  })
  const everybody = { ...people, [administrator]: [] }
  for (const id of Object.keys(everybody)) {
    company(`people/${id}.yaml`, { name: id, keys: [makeKeyFile(join(data, 'keys', id), 'test')] })
  }
  const groups = [...new Set(Object.values(people).flat())]
  company(
    'groups.yaml',
    Object.fromEntries(groups.map((group) => [group, Object.keys(people).filter((id) => people[id]?.includes(group))])),
  )
  company('rooms.yaml', { [room]: { groups: 'everybody' } })
  for (const file of ['commands.json', 'plugins.json']) writeFileSync(join(data, 'company', file), '[]')
  if (policy !== '') writeFileSync(join(data, 'company', 'policy', 'test.cedar'), policy)
  writeFileSync(join(data, 'server', 'server.yaml'), stringify({ deployment, root, lowest: 1 }))
  writeFileSync(
    runnerFile(data),
    stringify({
      deployment,
      name: 'tested',
      server: '../../server/runners.sock',
      root,
      lowest: 1,
      plugins: [{ path: plugin, ...(config !== undefined && { config }) }],
    }),
  )
  return by
}

/** @throws FoobotError where the plugin cannot be loaded */
const linkedOr = ({ failed }: StartedRunner, url: string): Promise<void> =>
  Promise.race([linked(url), failed.then((error) => Promise.reject(error))])

const linked = async (url: string): Promise<void> => {
  const answer = await fetch(`${url}/readyz`)
  if (answer.ok) return
  await new Promise((resolve) => setTimeout(resolve, 10))
  return linked(url)
}

/** Hears what is said in the room and answers nobody. */
const listen = async (server: string, data: string) => {
  const texts: string[] = []
  let wake = nothing
  const joined = Promise.withResolvers<void>()
  const connection = await connect(administrator, server, data, (frame) => {
    if (frame.type === 'joined') joined.resolve()
    // What a webhook says answers nobody: it belongs to no request, and Foobot adds no word of its own.
    if (frame.type !== 'message' || frame.chat.from !== 'foobot' || frame.chat.text !== '' || frame.chat.footer) return
    texts.push(frame.chat.blocks.flatMap((block) => ('text' in block ? [block.text] : [])).join('\n'))
    wake()
  })
  connection.join(room, 0)
  await joined.promise
  return {
    heard: async (count: number): Promise<readonly string[]> => {
      let isLate = false
      const late = setTimeout(() => {
        isLate = true
        wake()
      }, patience)
      while (texts.length < count && !isLate) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      clearTimeout(late)
      return [...texts]
    },
    close: () => connection.close(),
  }
}

const connect = async (person: string, server: string, data: string, heard: (frame: FromServer) => void) => {
  const connection = new Connection({
    server,
    person,
    signers: await findSigners({ person, data, keyFile: join(data, 'keys', person) }),
    clock: Date.now,
    newId: () => randomBytes(12).toString('hex'),
    keepTrying: 0,
    ears: { heard, lost: nothing, back: nothing, gone: nothing },
  })
  await connection.open()
  return connection
}

type Voice = { readonly connection: Connection; say(line: string): Promise<Answer> }

/** One person's client. */
const speakAs = async (person: string, server: string, data: string): Promise<Voice> => {
  const hearing = new Map<
    string,
    { readonly blocks: Block[]; readonly texts: string[]; end(view: RequestView): void }
  >()
  const heard = (frame: FromServer): void => {
    if (frame.type === 'message' && frame.answers !== undefined) {
      const line = hearing.get(frame.answers)
      if (frame.chat.text !== '') line?.texts.push(frame.chat.text)
      line?.blocks.push(...frame.chat.blocks)
      line?.texts.push(...frame.chat.blocks.flatMap((block) => ('text' in block ? [block.text] : [])))
    }
    if (frame.type === 'request' && frame.request.state !== 'running') hearing.get(frame.message)?.end(frame.request)
  }
  const connection = await connect(person, server, data, heard)
  return {
    connection,
    say: (line) =>
      new Promise((resolve) => {
        const blocks: Block[] = []
        const texts: string[] = []
        const id = connection.say(room, `Foobot ${line}`, false)
        hearing.set(id, {
          blocks,
          texts,
          end: ({ state, command }) => {
            hearing.delete(id)
            resolve({ state, text: texts.join('\n'), blocks, ...(command !== undefined && { command }) })
          },
        })
      }),
  }
}
