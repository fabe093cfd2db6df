import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { bundleVersions, newestBundle, readBundle } from '#config/bundle-folder.ts'
import { readCompanyFolder } from '#config/company-folder.ts'
import { readServerConfig } from '#config/server.ts'
import { endsOf, endTexts } from '#core/bundle/end.ts'
import { toSeconds } from '#core/clock.ts'
import { onDay } from '../on-day.ts'
import type { Check } from './finding.ts'

const meaning = { fresh: 'fresh until', life: 'in force until' } as const

/** The bundle in force, proven as the server proves it when it starts, and its ends. */
export const checkBundle: Check = ({ data, now }) => {
  const trust = readServerConfig(join(data, 'server', 'server.yaml'))
  const bundle = newestBundle(data, { ...trust, now: toSeconds(now) })
  const ends = endsOf(bundle)
  const near = endTexts(bundle, toSeconds(now))
  const level = ends.some(({ at }) => at <= toSeconds(now)) ? 'fail' : 'warn'
  if (near.length > 0) return near.map((say) => ({ about: 'bundle', level, say }))
  const until = ends.map(({ of, at }) => `${meaning[of]} ${onDay(at)}`)
  const say = `version ${bundle.version}, ${until.join(', ')}`
  return [{ about: 'bundle', level: 'ok', say }]
}

/** Files of the company's folder that are not as they were signed: they change nothing, and look as if they did. */
export const checkDraft: Check = ({ data, config }) => {
  const version = bundleVersions(data).at(-1)
  if (version === undefined || !existsSync(config)) return []
  const signed = readBundle(data, version).files
  const draft = readCompanyFolder(config)
  const differ = [...new Set([...signed.keys(), ...draft.keys()])]
    .filter((path) => !Buffer.from(signed.get(path) ?? []).equals(draft.get(path) ?? Buffer.of()))
    .sort()
  if (differ.length === 0) return [{ about: 'draft', level: 'ok', say: `${config} is as bundle ${version} was signed` }]
  const say = `In ${config} these files are not as bundle ${version} was signed, and change nothing: ${differ.join(', ')}. Put them in force with "foobot apply", or put them back.`
  return [{ about: 'draft', level: 'warn', say }]
}
