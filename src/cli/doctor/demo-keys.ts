import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { demoMark } from '#config/demo-keys.ts'
import type { Check } from './finding.ts'

/** Keys that were made for trying out, and private keys of people that lie where the server is. */
export const checkDemoKeys: Check = ({ data, company }) => {
  const folder = join(data, 'keys')
  const mark = join(folder, demoMark)
  const listed = new Map(
    [...(company?.people.values() ?? [])].flatMap(({ id, keys }) => keys.map((key) => [key as string, id])),
  )
  for (const { key, person } of company?.root.administrators ?? []) listed.set(key, `administrator ${person}`)
  const whose = publicKeysIn(folder)
    .filter(({ name }) => existsSync(join(folder, name)))
    .flatMap(({ key }) => listed.get(key) ?? [])
  if (!existsSync(mark) && whose.length === 0) return [{ about: 'keys', level: 'ok', say: 'no demo keys here' }]
  const whom = whose.length > 0 ? ` of ${whose.join(', ')}` : ''
  const what = existsSync(mark) ? `Demo keys${whom} lie in ${folder}` : `Private keys${whom} lie in ${folder}`
  const say = `${what}: who reads them is those people. Found your own company with "foobot init", and list keys that its people made.`
  return [{ about: 'keys', level: 'fail', say }]
}

const publicKeysIn = (folder: string): { readonly name: string; readonly key: string }[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.pub'))
        .map((name) => ({
          name: name.slice(0, -'.pub'.length),
          key: readFileSync(join(folder, name), 'utf8').trim().split(/\s+/).slice(0, 2).join(' '),
        }))
    : []
