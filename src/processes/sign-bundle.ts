import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findSigners } from '#client/find-signer.ts'
import { signEnvelope } from '#client/signer.ts'
import { bundleVersions, readBundle, writeBundle } from '#config/bundle-folder.ts'
import { readCompany } from '#config/company.ts'
import { readCompanyFolder } from '#config/company-folder.ts'
import { type BundleOffer, bundleKind, bundleLife, draftBundle } from '#core/bundle/bundle.ts'
import { endsSoon } from '#core/bundle/end.ts'
import { listCommands } from '#core/bundle/listing.ts'
import { toSeconds } from '#core/clock.ts'
import type { ListedCommand } from '#core/command/manifest.ts'
import { canonicalText } from '#core/statement/canonical.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import { declaredBy } from './declared.ts'

/** One administrator, whose key lies on this machine: for trying out and for tests. */
export type Administrator = { readonly person: string; readonly keyFile: string }

/**
 * Signs a new version of a data folder's bundle where one is needed: there is none yet, it ends soon, or its plugins
 * declare other commands. Whatever else was changed in the company's folder stays a draft, until somebody signs it.
 * @returns the version that was signed; undefined where none was needed
 */
export const signBundle = async (data: string, now: number, by: Administrator): Promise<number | undefined> => {
  const version = bundleVersions(data).at(-1)
  const held = version === undefined ? undefined : readBundle(data, version)
  const before: readonly ListedCommand[] = held ? readCompany(held.files).commands : []
  const runners = readdirSync(join(data, 'runners')).sort()
  const configurations = runners.map((name) => join(data, 'runners', name, 'runner.yaml'))
  const commands = listCommands(before, await declaredBy(configurations))
  const head = held && readEnvelope(bundleKind, held.envelope)
  const files = new Map(held?.files ?? readCompanyFolder(join(data, 'company')))
  if (head && canonicalText(before) === canonicalText(commands) && head.value.exp > toSeconds(now) + endsSoon)
    return undefined

  const bytes = Buffer.from(`${JSON.stringify(commands, null, 2)}\n`)
  files.set('commands.json', bytes)
  writeFileSync(join(data, 'company', 'commands.json'), bytes)
  const offer = await sign(data, by, files, {
    deployment: readCompany(files).deployment,
    version: (version ?? 0) + 1,
    ...(head && { previous: head.digest }),
    iat: toSeconds(now),
    exp: toSeconds(now) + bundleLife,
  })
  writeBundle(data, offer)
  return (version ?? 0) + 1
}

const sign = async (
  data: string,
  by: Administrator,
  files: ReadonlyMap<string, Uint8Array>,
  head: Parameters<typeof draftBundle>[1],
): Promise<BundleOffer> => {
  const [signer] = await findSigners({ ...by, data })
  return { envelope: await signEnvelope(signer, bundleKind, draftBundle(files, head)), files }
}
