import { join } from 'node:path'
import { bundleVersions, readBundle, writeBundle } from '#config/bundle-folder.ts'
import { readCompany } from '#config/company.ts'
import { readServerConfig } from '#config/server.ts'
import { acceptChain } from '#core/bundle/bundle.ts'
import { checkSuccession } from '#core/log/succession.ts'
import { line } from '../terminal/clean.ts'
import { checkedPolicy } from './checked-policy.ts'
import { newestOwn, type Place, readDraft } from './draft.ts'

/**
 * Puts a signed proposal in force: copies it into the data folder, where the server finds it and hands it to its runners.
 * It is checked here as they will check it.
 * @param now seconds since 1970
 * @returns lines to print
 * @throws FoobotError `bundle-refused`, `bundle-expired`, `policy-refused`, `bundle-file`, `config-malformed`, `company-malformed`
 */
export const activate = ({ config, data }: Place, now: number): readonly string[] => {
  const { envelope, files } = readDraft(config)
  const { deployment, root, lowest } = readServerConfig(join(data, 'server', 'server.yaml'))
  const held = bundleVersions(data)
    .filter((version) => version >= lowest)
    .map((version) => readBundle(data, version))
  const trust = { deployment, root, lowest, now }
  const { version, exp, company } = acceptChain([...held, { envelope, files }], readCompany, trust)
  const before = newestOwn(data)
  if (before && before.version < version) checkSuccession(before.company, company)
  const softSpots = checkedPolicy(company)
  const folder = writeBundle(data, { envelope, files })
  return [
    ...softSpots,
    line`Version ${version} is in ${folder}, in force until ${new Date(exp * 1000).toISOString()}.`,
    'A running server takes it within seconds, and its runners from it. Waiting requests are asked anew.',
  ]
}
