import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundleVersions, readBundle, readEnvelopeFile } from '#config/bundle-folder.ts'
import { readCompany } from '#config/company.ts'
import { readCompanyFolder } from '#config/company-folder.ts'
import { readServerConfig, type ServerConfig } from '#config/server.ts'
import { type BundlePayload, bundleKind, checkFiles, signersOf } from '#core/bundle/bundle.ts'
import type { Company, Root } from '#core/bundle/company.ts'
import { FoobotError } from '#core/errors.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'

/** Where a draft is, and the signer's own copies of the bundles before it. */
export type Place = {
  /** The company's folder. */
  readonly config: string
  readonly data: string
}

/** A bundle that is proposed: the company's folder with the exact bytes to sign, and who has signed so far. */
export type Draft = {
  readonly envelope: Envelope
  readonly body: Uint8Array
  readonly payload: BundlePayload
  readonly digest: string
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly company: Company
}

/** A bundle in the signer's own data folder. */
export type Own = {
  readonly version: number
  readonly digest: string
  readonly envelope: Envelope
  readonly company: Company
}

const fileOf = (config: string): string => join(config, 'bundle.json')

/**
 * What was proposed in a folder.
 * @throws FoobotError `bundle-refused` where the folder is not what was proposed; `bundle-file`, `company-malformed`
 */
export const readDraft = (config: string): Draft => {
  const envelope = readEnvelopeFile(fileOf(config))
  const { value: payload, body, digest } = readEnvelope(bundleKind, envelope)
  const files = readCompanyFolder(config)
  try {
    checkFiles(payload, files)
  } catch (error) {
    const why = error instanceof FoobotError ? error.message.replace('bundle: ', '') : String(error)
    const say = `The folder was changed since it was proposed (${why}). Propose it again: foobot bundle propose --config ${config}`
    throw new FoobotError('bundle-refused', `draft: ${why}`, say)
  }
  return { envelope, body, payload, digest, files, company: readCompany(files) }
}

/** Writes a proposal beside the files that it is about. */
export const writeDraft = (config: string, envelope: Envelope): void =>
  replace(fileOf(config), `${JSON.stringify(envelope, null, 2)}\n`)

/** Writes a proposal with its files, those that are other than they lie there; the proposal last, so that it fits them. */
export const writeProposal = (config: string, envelope: Envelope, files: ReadonlyMap<string, Uint8Array>): void => {
  for (const [path, bytes] of files) {
    const file = join(config, path)
    if (!readFileSync(file).equals(bytes)) replace(file, bytes)
  }
  writeDraft(config, envelope)
}

/** Each file is there whole, as it was or as it will be. */
const replace = (file: string, content: string | Uint8Array): void => {
  writeFileSync(`${file}.new`, content, { flush: true })
  renameSync(`${file}.new`, file)
}

/** What the server of a data folder trusts; undefined where none is configured there: a signer's own copies of bundles. */
export const trustIn = (data: string): Pick<ServerConfig, 'deployment' | 'root' | 'lowest'> | undefined => {
  const file = join(data, 'server', 'server.yaml')
  return existsSync(file) ? readServerConfig(file) : undefined
}

/** The newest bundle of a data folder, as it lies there. */
export const newestOwn = (data: string): Own | undefined => {
  const version = bundleVersions(data).at(-1)
  return version === undefined ? undefined : ownBundle(data, version)
}

/**
 * The signer's own copy of the bundle that a proposal follows; undefined for a first one.
 * @throws FoobotError `bundle-refused` where there is no such copy
 */
export const previousOf = ({ payload }: Draft, data: string): Own | undefined => {
  if (payload.previous === undefined) return undefined
  for (const version of [...bundleVersions(data)].reverse()) {
    const own = ownBundle(data, version)
    if (own.digest === payload.previous) return own
  }
  const say = `There is no copy of the bundle before version ${payload.version} in ${data}: without your own you cannot see what changes. Get it from somebody you trust, or give the data folder with --data.`
  throw new FoobotError('bundle-refused', `no bundle ${payload.previous} in ${data}`, say)
}

const ownBundle = (data: string, version: number): Own => {
  const { envelope, files } = readBundle(data, version)
  const { value, digest } = readEnvelope(bundleKind, envelope)
  checkFiles(value, files)
  return { version, digest, envelope, company: readCompany(files) }
}

/** How many have signed, for each root that must: `2 of 2 administrators of this version, 1 of 2 of the one before`. */
export const signedText = (envelope: Envelope, company: Company, previous: Own | undefined): string => {
  const count = (root: Root): string => `${signersOf(envelope, root).size} of ${root.threshold}`
  const before = previous && JSON.stringify(previous.company.root) !== JSON.stringify(company.root)
  const own = `signed by ${count(company.root)} administrators`
  return before ? `${own} of its own root, and by ${count(previous.company.root)} of the root before` : own
}
