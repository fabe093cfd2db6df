import { bundleVersions, readBundle } from '#config/bundle-folder.ts'
import { readCompany } from '#config/company.ts'
import { bundleKind, checkFiles, signersOf } from '#core/bundle/bundle.ts'
import { type Change, difference } from '#core/bundle/difference.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import { UsageError } from '../failure.ts'
import { line } from '../terminal/clean.ts'
import { changeLines } from './change-lines.ts'

/** One bundle of a data folder, for people and programs. */
export type Shown = {
  readonly deployment: string
  readonly version: number
  readonly digest: string
  readonly previous?: string
  /** Seconds since 1970. */
  readonly iat: number
  readonly exp: number
  /** Administrators of its own root who signed it. */
  readonly signed: readonly string[]
  readonly threshold: number
  /** Since the version before that lies in the folder; everything where there is none. */
  readonly changes: readonly Change[]
}

/**
 * @param version the newest where absent
 * @throws FoobotError `bundle-file`, `bundle-refused`, `company-malformed`; UsageError where there is no such version
 */
export const showBundle = (data: string, version?: number): Shown => {
  const versions = bundleVersions(data)
  const wanted = version ?? versions.at(-1)
  if (wanted === undefined) throw new UsageError(`There is no bundle in ${data} yet: make one with "foobot apply".`)
  if (!versions.includes(wanted)) {
    throw new UsageError(`There is no version ${wanted} in ${data}: there are ${versions.join(', ') || 'none'}.`)
  }
  const { envelope, files } = readBundle(data, wanted)
  const { value, digest } = readEnvelope(bundleKind, envelope)
  checkFiles(value, files)
  const company = readCompany(files)
  const before = versions.filter((other) => other < wanted).at(-1)
  const { deployment, previous, iat, exp } = value
  return {
    deployment,
    version: wanted,
    digest,
    ...(previous !== undefined && { previous }),
    iat,
    exp,
    signed: [...signersOf(envelope, company.root)],
    threshold: company.root.threshold,
    changes: difference(before === undefined ? undefined : readCompany(readBundle(data, before).files), company),
  }
}

export const shownLines = (shown: Shown): readonly string[] => {
  const { deployment, version, digest, iat, exp, signed, threshold, changes } = shown
  return [
    line`Version ${version} of ${deployment}`,
    `digest  ${digest}`,
    `made    ${new Date(iat * 1000).toISOString()}`,
    `until   ${new Date(exp * 1000).toISOString()}`,
    line`signed  by ${signed.join(', ') || 'nobody'} (${threshold} must)`,
    '',
    ...changeLines(changes),
  ]
}
