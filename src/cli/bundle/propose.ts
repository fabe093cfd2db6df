import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMap, parseDocument } from 'yaml'
import { readCompany, readListings } from '#config/company.ts'
import { readCompanyFolder } from '#config/company-folder.ts'
import { keepCode } from '#config/kept-code.ts'
import { bundleKind, draftBundle } from '#core/bundle/bundle.ts'
import type { CodeHere } from '#core/bundle/code.ts'
import type { Company } from '#core/bundle/company.ts'
import { difference } from '#core/bundle/difference.ts'
import { listCommands } from '#core/bundle/list-commands.ts'
import { codesText, listCodes } from '#core/bundle/plugin-codes.ts'
import type { ManifestEntry } from '#core/command/manifest.ts'
import { FoobotError } from '#core/errors.ts'
import { logOrigin, openNote } from '#core/log/checkpoint.ts'
import { parseKey } from '#core/signature/key.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { UsageError } from '../failure.ts'
import { line } from '../terminal/clean.ts'
import { changeLines } from './change-lines.ts'
import { checkedPolicy } from './checked-policy.ts'
import { codeReport } from './code-report.ts'
import { newestOwn, type Own, type Place, trustIn, writeProposal } from './draft.ts'

/** A plugin as it lies in the administrator's checkout. */
export type PluginHere = {
  readonly name: string
  readonly code: CodeHere
  readonly manifests: readonly ManifestEntry[]
}

type Declared = ReadonlyMap<string, readonly PluginHere[]>

/** Where a bundle is made from. */
export type Sources = Place & {
  /** Configuration files of the runners whose plugins are looked at. */
  readonly runners: readonly string[]
  /** Loads plugins, and gives what they declare and the code that they are, by runner. */
  readonly declaredBy: (files: readonly string[]) => Promise<Declared>
}

export type Proposal = Sources & {
  /** Days that the bundle will live. */
  readonly days: number
  /** Seconds since 1970. */
  readonly now: number
}

/** What would be signed. */
export type Prepared = {
  /** The bundle that it follows. */
  readonly before: Own | undefined
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly company: Company
  /** Lines; none where there are no soft spots. */
  readonly softSpots: readonly string[]
  /** The code of the plugins that were looked at. */
  readonly here: readonly CodeHere[]
}

/**
 * Works out a company's folder as the next version, with what plugins declare and where the log is. Nothing is written.
 * @throws FoobotError `company-malformed`, `policy-refused`, `plugin-refused`, `config-malformed`, `bundle-file`; UsageError
 * where folder and data folder are of two deployments
 */
export const prepare = async ({ config, data, runners, declaredBy }: Sources): Promise<Prepared> => {
  const before = newestOwn(data)
  const declared = await declaredBy(runners)
  const files = new Map(readCompanyFolder(config))
  if (declared.size > 0) takePlugins(files, declared)
  takeCheckpoint(files, data)
  const company = readCompany(files)
  demandDeployment(company, { config, data }, before)
  const here = [...declared.values()].flat().map(({ code }) => code)
  const softSpots = checkedPolicy(company)
  return { before, files, company, softSpots, here }
}

/** The exact bytes of the next version, with nobody's signature yet. */
export const unsigned = (
  { before, files, company }: Prepared,
  { days, now }: Pick<Proposal, 'days' | 'now'>,
): Envelope => {
  const body = draftBundle(files, {
    deployment: company.deployment,
    version: (before?.version ?? 0) + 1,
    ...(before && { previous: before.digest }),
    iat: now,
    exp: now + days * 86_400,
  })
  return sealEnvelope(bundleKind, body, [])
}

/**
 * Makes a company's folder ready to be signed as the next version: writes the exact bytes beside the files. Signatures of an
 * older proposal are gone with it.
 * @returns lines to print
 * @throws as `prepare`
 */
export const propose = async ({ days, now, ...sources }: Proposal): Promise<readonly string[]> => {
  const prepared = await prepare(sources)
  const { before, company, softSpots, here, files } = prepared
  const { config, data } = sources
  const report = codeReport(before?.company.plugins, company.plugins, here, data)
  writeProposal(config, unsigned(prepared, { days, now }), files)
  keepCode(data, here)
  return [
    ...changeLines(difference(before?.company, company)),
    ...report,
    '',
    ...softSpots,
    `Proposed version ${(before?.version ?? 0) + 1}, to live ${days} days. Next, an administrator signs it:`,
    line`  foobot bundle sign --config ${config} --data ${data} --key FILE`,
  ]
}

/** Where the example and most companies keep the configuration of this machine's runners. */
export const runnersIn = (data: string): readonly string[] => {
  const folder = join(data, 'runners')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .map((name) => join(folder, name, 'runner.yaml'))
    .filter((file) => existsSync(file))
    .sort()
}

const takePlugins = (files: Map<string, Uint8Array>, declared: Declared): void => {
  const before = readListings(files)
  const manifests = [...declared].map(
    ([runner, plugins]) => [runner, plugins.flatMap(({ manifests }) => manifests)] as const,
  )
  const commands = listCommands(before.commands, new Map(manifests))
  const found = [...declared.values()].flat().map(({ name, code }) => ({ name, code: code.digest }))
  files.set('commands.json', Buffer.from(`${JSON.stringify(commands, null, 2)}\n`))
  files.set('plugins.json', Buffer.from(codesText(listCodes(before.plugins, found, commands))))
}

/** A runner that starts under this bundle believes no log that is older than what stands here. */
const takeCheckpoint = (files: Map<string, Uint8Array>, data: string): void => {
  const from = join(data, 'log', 'checkpoint')
  const file = 'company.yaml'
  const company = parseDocument(Buffer.from(files.get(file) ?? []).toString('utf8'))
  // What is wrong in it is told where it is read.
  if (!existsSync(from) || company.errors.length > 0 || !isMap(company.contents)) return
  const note = readFileSync(from, 'utf8')
  const place = ['log', 'checkpoint']
  // Where the log has another key from now on, its old notes prove nothing under it.
  if (isSignedBy(note, company.toJS())) company.setIn(place, note)
  else if (company.hasIn(place)) company.deleteIn(place)
  files.set(file, Buffer.from(company.toString({ lineWidth: 0 })))
}

const isSignedBy = (note: string, company: { deployment?: unknown; log?: { key?: unknown } }): boolean => {
  try {
    openNote(note, logOrigin(String(company.deployment)), parseKey(String(company.log?.key)))
    return true
  } catch (error) {
    if (error instanceof FoobotError) return false
    throw error
  }
}

/** A bundle of one company in the data folder of another would be refused there for ever. @throws UsageError */
export const demandDeployment = ({ deployment }: Company, { config, data }: Place, before: Own | undefined): void => {
  const theirs = trustIn(data)?.deployment ?? before?.company.deployment
  if (theirs === deployment) return
  if (theirs === undefined)
    throw new UsageError(
      line`${data} is no data folder of Foobot: it holds neither a server’s configuration nor a bundle. Give the right one with --data DIR.`,
    )
  throw new UsageError(
    line`${data} is the data folder of ${theirs}, and ${config} is the company ${deployment}: give the one that belongs to the other with --data or --config.`,
  )
}
