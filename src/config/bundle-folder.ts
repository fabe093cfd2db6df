import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { type BundleOffer, bundleKind, followChain, type Trust } from '#core/bundle/bundle.ts'
import type { Bundle } from '#core/bundle/company.ts'
import { FoobotError } from '#core/errors.ts'
import { fromBase64, toBase64 } from '#core/statement/base64.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import { type Envelope, envelope } from '#core/statement/fields.ts'
import { writing } from '#disk/write-error.ts'
import { isCompanyPath, readCompany } from './company.ts'
import { readCompanyFolder } from './company-folder.ts'

/** A bundle as it travels: its envelope, and path to base64 of each file's bytes. */
export type BundlePack = { readonly envelope: Envelope; readonly files: Readonly<Record<string, string>> }

export const toPack = ({ envelope, files }: BundleOffer): BundlePack => ({
  envelope,
  files: Object.fromEntries([...files].map(([path, bytes]) => [path, toBase64(bytes)])),
})

/** @throws FoobotError `payload-malformed` */
export const fromPack = ({ envelope, files }: BundlePack): BundleOffer => ({
  envelope,
  files: new Map(Object.entries(files).map(([path, bytes]) => [path, fromBase64(bytes)])),
})

/** Where the signed bundles of a data folder lie, each in a folder named by its version. */
export const bundlesIn = (data: string): string => join(data, 'bundle')

/** The versions that lie in a data folder, lowest first. */
export const bundleVersions = (data: string): readonly number[] =>
  existsSync(bundlesIn(data))
    ? readdirSync(bundlesIn(data))
        .filter((name) => /^[1-9][0-9]{0,8}$/.test(name))
        .map(Number)
        .sort((a, b) => a - b)
    : []

/**
 * The bundle that lies in a data folder under a version. Nothing about it is proven yet.
 * @throws FoobotError `bundle-file`, `company-malformed`
 */
export const readBundle = (data: string, version: number): BundleOffer => {
  const folder = join(bundlesIn(data), String(version))
  return { envelope: readEnvelopeFile(join(folder, 'bundle.json')), files: readCompanyFolder(folder) }
}

/**
 * The newest bundle of a data folder, trusted by way of all before it: those from `trust.lowest` on, or from the bundle
 * held on. It may have expired.
 * @throws as `followChain`, and `bundle-file`, `company-malformed`
 */
export const newestBundle = (data: string, trust: Trust): Bundle => {
  const first = trust.held ? trust.held.version + 1 : trust.lowest
  const offers = bundleVersions(data)
    .filter((version) => version >= first)
    .map((version) => readBundle(data, version))
  return followChain(offers, readCompany, trust)
}

/**
 * Writes a bundle into a data folder, whole or not at all: whoever looks finds a version complete once it is there.
 * The same bundle may be written again; another one of the same version is refused.
 * @returns its folder
 * @throws FoobotError `bundle-file`, `disk-trouble`, `not-writable`
 */
export const writeBundle = (data: string, { envelope, files }: BundleOffer): string => {
  const { value, digest } = readEnvelope(bundleKind, envelope)
  const folder = join(bundlesIn(data), String(value.version))
  if (existsSync(folder)) {
    if (readEnvelope(bundleKind, readBundle(data, value.version).envelope).digest === digest) return folder
    return refuse(
      folder,
      `another bundle of version ${value.version} lies there already: propose version ${value.version + 1}`,
    )
  }
  const draft = join(bundlesIn(data), `.${value.version}-${randomBytes(6).toString('hex')}`)
  writing(folder, () => {
    mkdirSync(draft, { recursive: true })
    try {
      for (const [path, bytes] of files) {
        if (!isCompanyPath(path)) refuse(path, 'it is no file of a company folder')
        writeDurably(join(draft, path), bytes)
      }
      writeDurably(join(draft, 'bundle.json'), Buffer.from(`${JSON.stringify(envelope, null, 2)}\n`))
      renameSync(draft, folder)
      syncFolder(bundlesIn(data))
    } finally {
      rmSync(draft, { recursive: true, force: true })
    }
  })
  return folder
}

/** As `envelope`, but for one thing: what nobody has signed yet is a proposal. */
const proposal = envelope.extend({ signatures: z.array(envelope.shape.signatures.element).max(16) })

/** @throws FoobotError `bundle-file` */
export const readEnvelopeFile = (file: string): Envelope => {
  try {
    return proposal.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    return refuse(file, error instanceof Error ? error.message : String(error))
  }
}

const writeDurably = (file: string, bytes: Uint8Array): void => {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, bytes, { flag: 'wx', flush: true })
}

const syncFolder = (folder: string): void => {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

const refuse = (file: string, why: string): never => {
  throw new FoobotError('bundle-file', `${file}: ${why}`, `The bundle file ${file} cannot be used: ${why}`)
}
