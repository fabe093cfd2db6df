import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { readEnvelopeFile, toPack } from '#config/bundle-folder.ts'
import { readCompanyFolder } from '#config/company-folder.ts'
import { bundleKind } from '#core/bundle/bundle.ts'
import { type Handed, handed } from '#wire/inbox.ts'
import { UsageError } from './failure.ts'

/**
 * What a file or folder holds for a runner: a key change; a bundle with its files in one; or a folder of a bundle, as
 * `<data>/bundle/<version>`, itself or by its `bundle.json`.
 * @throws UsageError; FoobotError `bundle-file`, `company-malformed`
 */
export const readHandedFile = (path: string): Handed => {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return packOf(path)
  const what = handed.safeParse(jsonOf(path))
  if (!what.success) throw new UsageError(`${path} holds neither a bundle nor a key change`)
  if ('payloadType' in what.data && what.data.payloadType === bundleKind.type) return packOf(dirname(path))
  return what.data
}

const packOf = (folder: string): Handed =>
  toPack({ envelope: readEnvelopeFile(`${folder}/bundle.json`), files: readCompanyFolder(folder) })

const jsonOf = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
