import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseDocument, stringify } from 'yaml'
import { makeKeyFile } from '#client/make-key.ts'
import { demoMark } from '#config/demo-keys.ts'
import { makeMachineKey } from '#config/machine-key.ts'
import { deskDigests } from './desk-files.ts'
import { makeDatabase } from './example-database.ts'
import { makePasskey, makePhones } from './example-phones.ts'
import { makeCredentials, pluginsOf } from './example-plugins.ts'
import { makeRepositories } from './example-repositories.ts'
import type { Administrator } from './sign-bundle.ts'

const shipped = fileURLToPath(new URL('../../examples/acme', import.meta.url))

/** The example's one administrator. A key has one role: what mansel signs bundles with is no key of mansel's own. */
export const administratorOf = (data: string): Administrator => ({
  person: 'mansel',
  keyFile: join(data, 'keys', 'mansel-administrator'),
})

/**
 * Makes the example company with everything that it needs on one machine: keys for each person and part, the company's
 * folder, configuration, git repositories. It is there whole or not at all.
 * @param deskPort where its desk will listen: a part of what the bundle says, so it stays
 * @throws where the folder holds something else already
 */
export const makeExample = async (data: string, deskPort = 8081): Promise<void> => {
  if (existsSync(data) && readdirSync(data).length > 0) {
    throw new Error(`${data} holds something that is no Foobot company: give an empty or new folder with --data`)
  }
  const draft = `${data}.making`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { recursive: true, mode: 0o700 })
  await fill(draft, data, deskPort)
  renameSync(draft, data)
}

/** @param home where it will lie: what is written down as a path */
const fill = async (data: string, home: string, deskPort: number): Promise<void> => {
  await cp(shipped, join(data, 'company'), { recursive: true })
  for (const folder of ['keys', 'server', 'runners', 'desk']) mkdirSync(join(data, folder), { mode: 0o700 })
  writeFileSync(
    join(data, 'keys', demoMark),
    'These keys were made for trying out, and lie unprotected on this machine. Never list them in a real company.\n',
  )
  const origin = `http://desk.localhost:${deskPort}`
  makePhones(data, origin)
  fillPeople(data)
  const { person, keyFile } = administratorOf(data)
  const key = makeKeyFile(keyFile, `${person}, administrator of acme (demo)`)
  const root = { administrators: [{ person, key }], threshold: 1 }
  const file = join(data, 'company', 'company.yaml')
  const company = parseDocument(readFileSync(file, 'utf8'))
  const { deployment, runners, zone, dateOrder } = company.toJS() as Company
  const plugins = pluginsOf(home, { zone, dateOrder })
  company.set('root', company.createNode(root))
  company.setIn(['log', 'key'], makeMachineKey(join(data, 'server', 'log.key')))
  company.setIn(['attesting', 'totp'], makeMachineKey(join(data, 'server', 'totp.key')))
  for (const name of Object.keys(runners)) {
    const folder = join(data, 'runners', name)
    mkdirSync(folder, { mode: 0o700 })
    company.setIn(['runners', name, 'key'], makeMachineKey(join(folder, 'runner.key')))
    writeFileSync(
      join(folder, 'runner.yaml'),
      stringify({
        deployment,
        name,
        key: 'runner.key',
        server: '../../server/runners.sock',
        root,
        lowest: 1,
        plugins: plugins[name] ?? [],
      }),
      { mode: 0o600 },
    )
  }
  company.set('desks', company.createNode({ [origin]: { tier: 'critical', files: Object.fromEntries(deskDigests()) } }))
  writeFileSync(deskFile(data), stringify({ origin, server: 'http://127.0.0.1:8080', port: deskPort }))
  writeFileSync(file, company.toString())
  writeFileSync(
    join(data, 'server', 'server.yaml'),
    stringify({ deployment, root, lowest: 1, logKey: 'log.key', push: { loopback: true }, totp: { key: 'totp.key' } }),
  )
  makeCredentials(data)
  makeDatabase(data)
  await makeRepositories(data)
}

/** What is read of the shipped `company.yaml`. */
type Company = {
  readonly deployment: string
  readonly zone: string
  readonly dateOrder: string
  readonly runners: Readonly<Record<string, unknown>>
}

/** The configuration of the example's desk. */
export const deskFile = (data: string): string => join(data, 'desk', 'desk.yaml')

/** Tells the desk where the server listens this time. */
export const pointDeskAt = (data: string, server: string): void => {
  const file = parseDocument(readFileSync(deskFile(data), 'utf8'))
  file.set('server', server)
  writeFileSync(deskFile(data), file.toString())
}

/** A demo key for everybody, and a passkey on their phone. */
const fillPeople = (data: string): void => {
  const people = join(data, 'company', 'people')
  for (const entry of readdirSync(people)) {
    const id = entry.replace(/\.yaml$/, '')
    const key = makeKeyFile(join(data, 'keys', id), `${id}@acme.example (demo)`)
    const document = parseDocument(readFileSync(join(people, entry), 'utf8'))
    document.set('keys', document.createNode([key, makePasskey(data, id)]))
    writeFileSync(join(people, entry), document.toString())
  }
}
