import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkedPolicy } from '#cli/bundle/checked-policy.ts'
import { findSigners } from '#client/find-signer.ts'
import { signEnvelope } from '#client/signer.ts'
import { bundleVersions, readBundle, writeBundle } from '#config/bundle-folder.ts'
import { readCompany } from '#config/company.ts'
import { readCompanyFolder } from '#config/company-folder.ts'
import { keepCode } from '#config/kept-code.ts'
import { type BundleOffer, bundleKind, draftBundle, longestBundleLife } from '#core/bundle/bundle.ts'
import type { Company } from '#core/bundle/company.ts'
import { endTexts } from '#core/bundle/end.ts'
import { listCommands } from '#core/bundle/list-commands.ts'
import { codesText, listCodes } from '#core/bundle/plugin-codes.ts'
import { toSeconds } from '#core/clock.ts'
import { canonicalText } from '#core/statement/canonical.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import { declaredBy } from './declared.ts'

/** One administrator, whose key lies on this machine: for trying out and for tests. */
export type Administrator = { readonly person: string; readonly keyFile: string }

/**
 * Signs a new version of a data folder's bundle where one is needed: there is none yet, it ends soon, or its plugins
 * declare other commands or are other code. Whatever else was changed in the company's folder stays a draft, until somebody signs it.
 * @param look goes through the policies first, as for each bundle that anybody signs: only a test may leave that out
 * @returns the version that was signed; undefined where none was needed
 * @throws FoobotError `policy-refused`
 */
export const signBundle = async (
  data: string,
  now: number,
  by: Administrator,
  look: (company: Company) => unknown = checkedPolicy,
): Promise<number | undefined> => {
  const version = bundleVersions(data).at(-1)
  const held = version === undefined ? undefined : readBundle(data, version)
  const company = held && readCompany(held.files)
  const before = company ?? { commands: [], plugins: new Map<string, readonly string[]>() }
  const runners = readdirSync(join(data, 'runners')).sort()
  const configurations = runners.map((name) => join(data, 'runners', name, 'runner.yaml'))
  const declared = await declaredBy(configurations)
  const manifests = [...declared].map(
    ([runner, plugins]) => [runner, plugins.flatMap(({ manifests }) => manifests)] as const,
  )
  const commands = listCommands(before.commands, new Map(manifests))
  const here = [...declared.values()].flat()
  const plugins = listCodes(
    before.plugins,
    here.map(({ name, code }) => ({ name, code: code.digest })),
    commands,
  )
  const head = held && readEnvelope(bundleKind, held.envelope)
  const files = new Map(held?.files ?? readCompanyFolder(join(data, 'company')))
  const isSame =
    canonicalText(before.commands) === canonicalText(commands) && codesText(before.plugins) === codesText(plugins)
  const isNear = head && company && endTexts({ ...head.value, digest: head.digest, company }, toSeconds(now)).length > 0
  if (head && isSame && !isNear) return undefined

  const texts = { 'commands.json': `${JSON.stringify(commands, null, 2)}\n`, 'plugins.json': codesText(plugins) }
  for (const [file, text] of Object.entries(texts)) files.set(file, Buffer.from(text))
  look(readCompany(files))
  for (const [file, text] of Object.entries(texts)) {
    writeFileSync(join(data, 'company', file), text)
  }
  keepCode(
    data,
    here.map(({ code }) => code),
  )
  const offer = await sign(data, by, files, {
    deployment: readCompany(files).deployment,
    version: (version ?? 0) + 1,
    ...(head && { previous: head.digest }),
    iat: toSeconds(now),
    exp: toSeconds(now) + longestBundleLife,
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
