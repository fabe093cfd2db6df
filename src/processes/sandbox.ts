import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Document, parseDocument } from 'yaml'
import { type Child, keepRunning } from './child.ts'

const programs = fileURLToPath(new URL('../../sandbox', import.meta.url))

/** The stand-ins of the example's systems, in the order of their ports: each folder that is a program. */
export const sandboxes: readonly string[] = readdirSync(programs)
  .filter((name) => existsSync(join(programs, name, 'main.ts')))
  .sort()

/**
 * Where the addresses in a plugin's configuration lead: a stand-in, and a path at it. Without a row, `baseUrl` leads to
 * the stand-in of the plugin's name.
 */
const addresses: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  boards: { baseUrl: 'trello' },
  graphs: { baseUrl: 'graphite' },
  issues: { baseUrl: 'jira' },
  webinars: {
    baseUrl: 'brighttalk',
    'social.x.baseUrl': 'networks/x',
    'social.facebook.baseUrl': 'networks/facebook',
    'social.linkedIn.baseUrl': 'networks/linkedin',
    'social.mastodon.baseUrl': 'networks/mastodon',
  },
  'on-call': { 'backend.baseUrl': 'on-call' },
}

/** What stand-ins tell by themselves: each posts to one path below `/hooks/`. */
const webhooks: Readonly<Record<string, string>> = { 'on-call': 'on-call' }

/** Between the server's port and that of the first stand-in. */
const firstPort = 10

const programOf = (name: string): string => join(programs, name, 'main.ts')

export type Sandbox = {
  /** Resolves once all listen, and the runners' files say where. */
  readonly ready: Promise<void>
  /** Tells those that post webhooks where the server is. */
  point(server: string): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts the stand-ins that a data folder holds data for, and keeps them running at the addresses that they begin with.
 * @param port the server's; 0 takes free ones
 * @param died called with the name of one that ended, and whether it says that it cannot start so; `false` ends it for good
 */
export const startSandbox = (
  data: string,
  port: number,
  died: (name: string, wasRefused: boolean, how: string, pause: number) => boolean,
): Sandbox => {
  const children: Child[] = []
  const listening = sandboxes.map((name, index) => {
    const folder = join(data, 'sandbox', name)
    if (!existsSync(folder)) return undefined
    let at = port === 0 ? '0' : String(port + firstPort + index)
    let wasRefused = false
    return new Promise<readonly [name: string, url: string]>((resolve) => {
      const child = keepRunning(
        () => ['--data', folder, '--port', at],
        (message) => {
          wasRefused = message.type === 'refused'
          if (message.type === 'refused') return
          at = new URL(message.url).port
          resolve([name, message.url])
        },
        (how, pause) => died(`sandbox ${name}`, wasRefused, how, pause),
        programOf(name),
      )
      children.push(child)
    })
  })
  const urls = Promise.all(listening.filter((one) => one !== undefined)).then((all) => new Map(all))
  return {
    ready: urls.then((all) => tellRunners(data, all)),
    point: async (server) => {
      for (const [name, path] of Object.entries(webhooks)) {
        const url = (await urls).get(name)
        const body = JSON.stringify({ url: `${server}/hooks/${path}` })
        if (url !== undefined) await fetch(`${url}/-/webhook`, { method: 'PUT', body })
      }
    },
    stop: async () => void (await Promise.all(children.map((child) => child.stop()))),
  }
}

/** Writes where the stand-ins listen into the runners' files. A plugin that has gone live is left alone. */
const tellRunners = (data: string, urls: ReadonlyMap<string, string>): void => {
  for (const file of runnerFiles(data)) {
    const text = readFileSync(file, 'utf8')
    const document = parseDocument(text)
    for (const { where, sandbox, path } of placesIn(document)) {
      const url = urls.get(sandbox)
      if (url !== undefined) document.setIn(where, url + path)
    }
    if (document.toString() !== text) writeFileSync(file, document.toString(), { mode: 0o600 })
  }
}

/**
 * Where the runners of a company find a stand-in.
 * @throws Error where none has it
 */
export const addressOf = (data: string, sandbox: string): string => {
  for (const file of runnerFiles(data)) {
    const document = parseDocument(readFileSync(file, 'utf8'))
    const place = placesIn(document).find((one) => one.sandbox === sandbox)
    if (place) return new URL(String(document.getIn(place.where))).origin
  }
  throw new Error(`no runner asks a stand-in "${sandbox}": there are ${sandboxes.join(', ')}`)
}

const runnerFiles = (data: string): readonly string[] =>
  readdirSync(join(data, 'runners')).map((runner) => join(data, 'runners', runner, 'runner.yaml'))

type Place = {
  /** In the runner's file. */
  readonly where: readonly (string | number)[]
  readonly sandbox: string
  /** At the stand-in: empty, or from `/` on. */
  readonly path: string
}

/** The settings of a runner's file that lead to a stand-in. */
const placesIn = (document: Document): readonly Place[] => {
  const { plugins = [] } = document.toJS() as { plugins?: readonly { path: string }[] }
  const all = plugins.flatMap(({ path }, index) =>
    Object.entries(addresses[basename(path)] ?? { baseUrl: basename(path) }).map(([setting, place]): Place => {
      const [sandbox = '', ...rest] = place.split('/')
      const where = ['plugins', index, 'config', ...setting.split('.')]
      return { where, sandbox, path: rest.map((part) => `/${part}`).join('') }
    }),
  )
  return all.filter(({ where }) => String(document.getIn(where)).startsWith('http://127.0.0.1:'))
}
