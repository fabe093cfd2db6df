import { FoobotError } from '#core/errors.ts'

/** What waiting or making room can mend. */
const passing: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of its user is used up',
  EIO: 'the disk fails',
  ENOMEM: 'there is no memory left',
  EMFILE: 'this process has too many files open',
  ENFILE: 'this machine has too many files open',
}

/** Who must own what is written here. */
const owner = `the user that this runs as, number ${process.geteuid?.() ?? 'unknown'}`
const mode = `Give it to ${owner}, with chown, and let that user write: chmod u+rwX.`

/** What stays so until somebody changes it, and how. */
const lasting: Readonly<Record<string, readonly [why: string, mend: string]>> = {
  EACCES: ['its permissions, or those of a folder above it, do not allow it', mode],
  EPERM: ['its permissions do not allow it', mode],
  EROFS: [
    'it lies on a file system that is read-only here',
    'Mount that writable; in a unit of systemd, name the folder with ReadWritePaths=.',
  ],
  ENOENT: ['its folder is missing, and cannot be made', `Make it, for ${owner}.`],
  ENOTDIR: ['a part of its path is no folder', 'Give another path.'],
  EISDIR: ['it is a folder', 'Give the path of a file.'],
  ELOOP: ['there is a symbolic link in its place', 'Give the path of a file.'],
  EEXIST: ['something lies there already', 'Move it away, or give another path.'],
  ENAMETOOLONG: ['its path is too long', 'Give a shorter one.'],
}

/** The primary result codes of SQLite: https://www.sqlite.org/rescode.html */
const ofSqlite: Readonly<Record<number, string>> = { 8: 'EROFS', 10: 'EIO', 13: 'ENOSPC' }

/**
 * The error of a write as a person can mend it: which file, why, and what to do.
 * @param error what node:fs or node:sqlite threw
 * @returns FoobotError `disk-trouble` where waiting may mend it, `not-writable` where somebody must; any other error as it is
 */
export const writeError = (path: string, error: unknown): unknown => {
  const code = codeOf(error)
  const detail = `${path}: ${error instanceof Error ? error.message : String(error)}`
  const passes = passing[code]
  if (passes !== undefined) {
    return new FoobotError('disk-trouble', detail, `${path} cannot be written: ${passes}. Make room, or mend the disk.`)
  }
  const lasts = lasting[code]
  if (lasts === undefined) return error
  const [why, mend] = lasts
  return new FoobotError('not-writable', detail, `${path} cannot be opened or written: ${why}. ${mend}`)
}

/** Does something with a file. @throws as `writeError` says */
export const writing = <T>(path: string, work: () => T): T => {
  try {
    return work()
  } catch (error) {
    throw writeError(path, error)
  }
}

/** The same of work that takes its time. */
export const writingLater = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw writeError(path, error)
  }
}

const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return ''
  if ('errcode' in error && typeof error.errcode === 'number') return ofSqlite[error.errcode & 0xff] ?? ''
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}
