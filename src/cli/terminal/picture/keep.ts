import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Pictures that are kept: the oldest give way. */
const most = 200

/** How files of a kind begin, and what their names end in: what a picture says it is counts for nothing. */
const kinds: readonly (readonly [ending: string, beginning: string])[] = [
  ['png', '\u0089PNG\r\n\u001a\n'],
  ['jpg', '\u00ff\u00d8\u00ff'],
  ['gif', 'GIF8'],
]

/** Where the pictures of this user are kept: see the XDG Base Directory Specification. */
export const pictureFolder = ({ XDG_STATE_HOME }: NodeJS.ProcessEnv): string =>
  join(XDG_STATE_HOME?.startsWith('/') ? XDG_STATE_HOME : join(homedir(), '.local', 'state'), 'foobot', 'pictures')

/**
 * Keeps a picture as a file of its user alone. Its name is made of its bytes: the same picture is one file.
 * @returns the file; undefined where it is no picture, or could not be written
 */
export const keepPicture = (folder: string, bytes: Buffer): string | undefined => {
  const kind = kinds.find(([, beginning]) => bytes.toString('latin1', 0, beginning.length) === beginning)
  if (!kind) return undefined
  const file = join(folder, `${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}.${kind[0]}`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(file, bytes, { mode: 0o600 })
    forgetOldest(folder)
    return file
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    return undefined
  }
}

const forgetOldest = (folder: string): void => {
  const kept = readdirSync(folder).filter((name) => /^[0-9a-f]{16}\.\w{3}$/.test(name))
  if (kept.length <= most) return
  const byAge = kept
    .map((name) => ({ file: join(folder, name), at: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => a.at - b.at)
  for (const { file } of byAge.slice(0, kept.length - most)) rmSync(file, { force: true })
}
