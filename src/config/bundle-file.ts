import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { FoobotError } from '#core/errors.ts'
import { base64, envelope } from '#core/statement/fields.ts'
import { type BundlePack, bundleVersions, readBundle, toPack } from './bundle-folder.ts'

/** Bundles in one file, each following the one before. */
const bundleFile = z.strictObject({
  v: z.literal(2),
  bundles: z.array(z.strictObject({ envelope, files: z.record(z.string().max(256), base64) })).min(1),
})

/**
 * Writes all bundles that lie in a folder to one file.
 * @returns the version of the newest
 * @throws FoobotError `bundle-file` where there is none
 */
export const writeBundleFile = (folder: string, file: string): number => {
  const versions = bundleVersions(folder)
  const newest = versions.at(-1)
  if (newest === undefined) return refuse(folder, 'no bundle lies there yet')
  const bundles = versions.map((version) => toPack(readBundle(folder, version)))
  writeFileSync(`${file}.new`, `${JSON.stringify({ v: 2, bundles })}\n`, { mode: 0o600, flush: true })
  renameSync(`${file}.new`, file)
  return newest
}

/** @throws FoobotError `bundle-file` */
export const readBundleFile = (file: string): readonly BundlePack[] => {
  try {
    return bundleFile.parse(JSON.parse(readFileSync(file, 'utf8'))).bundles
  } catch (error) {
    return refuse(file, error instanceof Error ? error.message : String(error))
  }
}

const refuse = (file: string, why: string): never => {
  throw new FoobotError('bundle-file', `${file}: ${why}`, `${file} holds no bundles that can be used: ${why}`)
}
