import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isCompanyPath, largestFolder } from './company.ts'
import { type Complaint, refuseIfAny } from './complaint.ts'

/** Lies beside a company's files without being one of them: the envelope, and what is written for people. */
const beside = ['bundle.json', 'README.md']

/**
 * The files of a company's folder, as they are now. Whatever is not one of its files is refused by name: a policy with a
 * misspelt ending must not be left out in silence. Links are refused: what they point to changes without the folder.
 * @throws FoobotError `company-malformed`
 */
export const readCompanyFolder = (folder: string): ReadonlyMap<string, Uint8Array> => {
  const complaints: Complaint[] = []
  const entries = entriesOf(folder, complaints)
  for (const { path, isFile } of entries) {
    const file = join(folder, path)
    if (!isFile) complaints.push({ file, text: 'is no plain file: put the file itself there' })
    else if (!isCompanyPath(path))
      complaints.push({ file, text: 'is no file of a company folder: rename it or take it away' })
  }
  refuseIfAny('company-malformed', complaints)
  const size = entries.reduce((sum, { path }) => sum + statSync(join(folder, path)).size, 0)
  if (size > largestFolder) complaints.push({ file: folder, text: `has ${size} bytes, at most ${largestFolder}` })
  refuseIfAny('company-malformed', complaints)
  return new Map(entries.map(({ path }) => [path, readFileSync(join(folder, path))]))
}

type Entry = { readonly path: string; readonly isFile: boolean }

/** What lies in the folder and in its three folders. Names that begin with a dot are an editor's and no company's. */
const entriesOf = (folder: string, complaints: Complaint[]): readonly Entry[] =>
  list(folder, complaints).flatMap((entry): readonly Entry[] => {
    const { name } = entry
    if (name.startsWith('.') || beside.includes(name)) return []
    if (!entry.isDirectory() || !['people', 'pictures', 'policy'].includes(name))
      return [{ path: name, isFile: entry.isFile() }]
    return list(join(folder, name), complaints)
      .filter((inner) => !inner.name.startsWith('.'))
      .map((inner) => ({ path: `${name}/${inner.name}`, isFile: inner.isFile() }))
  })

const list = (folder: string, complaints: Complaint[]): readonly Dirent[] => {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    complaints.push({ file: folder, text: `cannot be read: ${error instanceof Error ? error.message : String(error)}` })
    return []
  }
}
