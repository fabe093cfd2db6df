import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type Company, startCompany } from './company.ts'
import { formsOf, Needles, type Secret } from './search/needles.ts'
import { inMemoryOf } from './search/process-memory.ts'

/** A credential of a runner: its name is the file that it lies in, below the data folder. */
type Credential = Secret & { readonly runner: string }

/**
 * A credential is its own runner's, and of nobody else: not of the server, not of another runner. Each is searched for in every form, in
 * everything that the processes are: their environment, their files, their memory, and the server's heap as V8 writes it down.
 */
describe('the credentials of the example company', () => {
  const folder = mkdtempSync(join(tmpdir(), 'foobot-secrets-'))
  /** Something that is everywhere: a search that does not find it there proves nothing. */
  const canary = `canary-${randomBytes(16).toString('hex')}`
  const data = join(folder, canary)
  const heap = join(folder, 'heap')
  let company: Company
  let credentials: readonly Credential[]
  let needles: Needles

  beforeAll(async () => {
    mkdirSync(heap)
    // Node's own way to look into a process, put there by who starts it: no door of the product.
    const NODE_OPTIONS = `--heapsnapshot-signal=SIGUSR2 --diagnostic-dir=${heap}`
    company = await startCompany({ data, env: { NODE_OPTIONS, CANARY: canary } })
    credentials = readdirSync(join(data, 'runners')).flatMap(credentialsOf)
    needles = new Needles([...credentials, { name: 'canary', value: canary }])
    // They are used, and their answers come by the server.
    for (const line of ['PingTrello -me -blog', 'Promote webinar -next']) {
      expect((await company.say('jhand', 'sales-marketing', `Foobot ${line}`)).code).toBe(0)
    }
  }, 120_000)
  afterAll(async () => {
    await company?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** What a runner's configuration names as `{ file }`, and the key that it signs in with. */
  const credentialsOf = (runner: string): readonly Credential[] => {
    const own = join(data, 'runners', runner)
    const files = [join(own, 'runner.key'), ...filesIn(parse(readFileSync(join(own, 'runner.yaml'), 'utf8')))]
    return [...new Set(files)].map((file) => ({
      runner,
      name: file.slice(data.length + 1),
      value: tellingLine(readFileSync(file, 'utf8')),
    }))
  }

  /** Every file of the data folder; looked at anew where one is renamed meanwhile, as those of a log that grows are. */
  const filesAtRest = (): ReadonlyMap<string, Buffer> => {
    for (let looks = 1; ; looks++) {
      try {
        const entries = readdirSync(data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
        const paths = entries.map((entry) => join(entry.parentPath, entry.name))
        return new Map(paths.map((path) => [path.slice(data.length + 1), readFileSync(path)]))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || looks === 10) throw error
      }
    }
  }

  /** The processes of a kind: server, desk, the runners by their names. */
  const processes = (): readonly (readonly [name: string, pid: number])[] =>
    company.parts().all.flatMap((pid) => {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      const [, name] = /main\.ts (start|desk) /.exec(line) ?? /runners\/(\w+)\/runner\.yaml/.exec(line) ?? []
      return name === undefined ? [] : [[name, pid] as const]
    })
  const foreign = (runner: string): readonly string[] =>
    credentials.filter((one) => one.runner !== runner).map(({ name }) => name)
  const all = (): readonly string[] => credentials.map(({ name }) => name)

  it('are many, are looked for in every form, and lie in files of their user alone', () => {
    expect(new Set(credentials.map(({ runner }) => runner))).toEqual(new Set(readdirSync(join(data, 'runners'))))
    expect(new Set(credentials.map(({ value }) => value)).size).toBe(credentials.length)
    for (const { name, value } of credentials) {
      expect([name, statSync(join(data, name)).mode & 0o777]).toEqual([name, 0o600])
      expect(formsOf(value).length).toBeGreaterThan(5)
      const hidden = [value, Buffer.from(`user:${value}`).toString('base64'), Buffer.from(value).toString('hex')]
      for (const text of hidden) expect([...needles.in(Buffer.from(`{"a":"${text}"}`))]).toEqual([name])
    }
  })

  it('lie in the folder of their runner, and nowhere else but at the system that asks for them', () => {
    const holding = new Map<string, string[]>()
    for (const [file, bytes] of filesAtRest()) {
      if (file.startsWith('sandbox/')) continue
      for (const name of needles.in(bytes)) {
        holding.set(name, [...(holding.get(name) ?? []), file])
      }
    }
    expect(holding.get('canary')).toContain('runners/business/runner.yaml')
    holding.delete('canary')
    expect(Object.fromEntries(holding)).toEqual(Object.fromEntries(all().map((name) => [name, [name]])))
  })

  it('stand in no environment', () => {
    const found = processes().map(([name, pid]) => [name, [...needles.in(readFileSync(`/proc/${pid}/environ`))]])
    expect(found.length).toBe(2 + readdirSync(join(data, 'runners')).length)
    expect(found).toEqual(found.map(([name]) => [name, ['canary']]))
  })

  it('are not in the heap of the server', async () => {
    const written = snapshotIn(heap)
    process.kill(company.parts().server, 'SIGUSR2')
    const file = await written
    // It answers again when it has written all of it.
    expect((await fetch(`${company.url}/healthz`)).ok).toBe(true)
    expect([...needles.in(readFileSync(file))]).toEqual(['canary'])
  })

  it('are nowhere in the memory of the server or of another runner', () => {
    for (const [name, pid] of processes()) {
      const found = inMemoryOf(pid, needles)
      expect([name, found.has('canary')]).toEqual([name, true])
      expect([name, foreign(name).filter((one) => found.has(one))]).toEqual([name, []])
    }
  })
})

/** Every `{ file: … }` in a configuration. */
const filesIn = (config: unknown): readonly string[] => {
  if (typeof config !== 'object' || config === null) return []
  const { file } = config as { readonly file?: unknown }
  return [...(typeof file === 'string' ? [file] : []), ...Object.values(config).flatMap(filesIn)]
}

/** What a credential's file holds; of a key in several lines the second, whose first begins like every other. */
const tellingLine = (text: string): string => {
  const [first = '', second = first] = text.split('\n').filter((line) => line !== '' && !line.startsWith('-----'))
  return second
}

/** The heap snapshot that is written into a folder next. */
const snapshotIn = (folder: string): Promise<string> =>
  new Promise((resolve) => {
    const watcher = watch(folder, (_, name) => {
      if (!name?.endsWith('.heapsnapshot')) return
      watcher.close()
      resolve(join(folder, name))
    })
  })
