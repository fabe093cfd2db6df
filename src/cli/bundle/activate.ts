import { join } from 'node:path'
import { bundleVersions, readBundle, writeBundle } from '#config/bundle-folder.ts'
import { readCompany } from '#config/company.ts'
import { readServerConfig } from '#config/server.ts'
import { acceptChain, type BundleOffer, bundleKind, type Trust } from '#core/bundle/bundle.ts'
import type { Bundle } from '#core/bundle/company.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import { onDay } from '../on-day.ts'
import { line } from '../terminal/clean.ts'
import { checkedPolicy } from './checked-policy.ts'
import { type Place, readDraft } from './draft.ts'

/**
 * Puts a signed proposal in force: copies it into the data folder, where the server finds it and hands it to its runners.
 * It is checked here as they will check it.
 * @param now seconds since 1970
 * @returns lines to print
 * @throws FoobotError `bundle-refused`, `bundle-expired`, `policy-refused`, `bundle-file`, `config-malformed`, `company-malformed`
 */
export const activate = ({ config, data }: Place, now: number): readonly string[] => {
  const offer = readDraft(config)
  const trust = readServerConfig(join(data, 'server', 'server.yaml'))
  const { company } = accepted(offer, data, trust, now)
  const softSpots = checkedPolicy(company)
  return [...softSpots, ...putInForce(offer, data)]
}

/**
 * A bundle, proven as server and runners will prove it, by way of those before it in the data folder.
 * @throws FoobotError `bundle-refused`, `bundle-expired`, `bundle-file`, `company-malformed`
 */
export const accepted = (
  offer: BundleOffer,
  data: string,
  { deployment, root, lowest }: Pick<Trust, 'deployment' | 'root' | 'lowest'>,
  now: number,
): Bundle => {
  const held = bundleVersions(data)
    .filter((version) => version >= lowest)
    .map((version) => readBundle(data, version))
  return acceptChain([...held, offer], readCompany, { deployment, root, lowest, now })
}

/** @returns lines to print @throws FoobotError `bundle-file` */
export const putInForce = ({ envelope, files }: BundleOffer, data: string): readonly string[] => {
  const { value } = readEnvelope(bundleKind, envelope)
  const folder = writeBundle(data, { envelope, files })
  return [
    line`Version ${value.version} is in ${folder}, in force until ${onDay(value.exp)}.`,
    'A running server takes it within seconds, and its runners from it. Waiting requests are asked anew.',
  ]
}
