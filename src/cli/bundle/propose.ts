import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import { readCompany, readListings } from '#config/company.ts'
import { readCompanyFolder } from '#config/company-folder.ts'
import { keepCode } from '#config/kept-code.ts'
import { bundleKind, draftBundle } from '#core/bundle/bundle.ts'
import type { CodeHere } from '#core/bundle/code.ts'
import { difference } from '#core/bundle/difference.ts'
import { listCommands } from '#core/bundle/list-commands.ts'
import { codesText, listCodes } from '#core/bundle/plugin-codes.ts'
import type { ManifestEntry } from '#core/command/manifest.ts'
import { FoobotError } from '#core/errors.ts'
import { logOrigin, openNote } from '#core/log/checkpoint.ts'
import { parseKey } from '#core/signature/key.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import { line } from '../terminal/clean.ts'
import { changeLines } from './change-lines.ts'
import { checkedPolicy } from './checked-policy.ts'
import { codeReport } from './code-report.ts'
import { newestOwn, type Place, writeDraft } from './draft.ts'

/** A plugin as it lies in the administrator's checkout. */
export type PluginHere = {
  readonly name: string
  readonly code: CodeHere
  readonly manifests: readonly ManifestEntry[]
}

type Declared = ReadonlyMap<string, readonly PluginHere[]>

export type Proposal = Place & {
  /** Configuration files of the runners whose plugins are looked at. */
  readonly runners: readonly string[]
  /** Days that the bundle will live. */
  readonly days: number
  /** Seconds since 1970. */
  readonly now: number
  /** Loads plugins, and gives what they declare and the code that they are, by runner. */
  readonly declaredBy: (files: readonly string[]) => Promise<Declared>
}

/**
 * Makes a company's folder ready to be signed as the next version: takes in what plugins declare and where the log is, and
 * writes the exact bytes beside the files. Signatures of an older proposal are gone with it.
 * @returns lines to print
 * @throws FoobotError `company-malformed`, `policy-refused`, `plugin-refused`, `config-malformed`, `bundle-file`
 */
export const propose = async ({
  config,
  data,
  runners,
  days,
  now,
  declaredBy,
}: Proposal): Promise<readonly string[]> => {
  const before = newestOwn(data)
  const declared = await declaredBy(runners)
  if (declared.size > 0) takePlugins(config, declared)
  takeCheckpoint(config, data)

  const files = readCompanyFolder(config)
  const company = readCompany(files)
  const softSpots = checkedPolicy(company)
  const version = (before?.version ?? 0) + 1
  const body = draftBundle(files, {
    deployment: company.deployment,
    version,
    ...(before && { previous: before.digest }),
    iat: now,
    exp: now + days * 86_400,
  })
  writeDraft(config, sealEnvelope(bundleKind, body, []))
  const changes = difference(before?.company, company)
  const here = [...declared.values()].flat().map(({ code }) => code)
  const report = codeReport(before?.company.plugins, company.plugins, here, data)
  keepCode(data, here)
  return [
    ...changeLines(changes),
    ...report,
    '',
    ...softSpots,
    `Proposed version ${version}, to live ${days} days. Next, an administrator signs it:`,
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

const takePlugins = (config: string, declared: Declared): void => {
  const before = readListings(readCompanyFolder(config))
  const manifests = [...declared].map(
    ([runner, plugins]) => [runner, plugins.flatMap(({ manifests }) => manifests)] as const,
  )
  const commands = listCommands(before.commands, new Map(manifests))
  const found = [...declared.values()].flat().map(({ name, code }) => ({ name, code: code.digest }))
  write(join(config, 'commands.json'), `${JSON.stringify(commands, null, 2)}\n`)
  write(join(config, 'plugins.json'), codesText(listCodes(before.plugins, found, commands)))
}

const write = (file: string, text: string): void => {
  if (readFileSync(file, 'utf8') !== text) writeFileSync(file, text)
}

/** A runner that starts under this bundle believes no log that is older than what stands here. */
const takeCheckpoint = (config: string, data: string): void => {
  const from = join(data, 'log', 'checkpoint')
  if (!existsSync(from)) return
  const file = join(config, 'company.yaml')
  const company = parseDocument(readFileSync(file, 'utf8'))
  const note = readFileSync(from, 'utf8')
  // Where the log has another key from now on, its old notes prove nothing under it.
  if (isSignedBy(note, company.toJS())) company.setIn(['log', 'checkpoint'], note)
  else company.deleteIn(['log', 'checkpoint'])
  writeFileSync(file, company.toString({ lineWidth: 0 }))
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
