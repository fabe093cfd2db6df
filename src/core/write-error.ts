import { FoobotError } from './errors.ts'

/** What waiting or making room can mend. */
const passing: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of its user is used up',
  EIO: 'the disk fails',
  ENOMEM: 'there is no memory left',
  EMFILE: 'this process has too many files open',
  ENFILE: 'this machine has too many files open',
}

/** What stays so until somebody changes it. */
const lasting: Readonly<Record<string, string>> = {
  EACCES: 'its permissions do not allow it',
  EPERM: 'its permissions do not allow it',
  EROFS: 'it lies on a file system that is mounted read-only',
  ENOTDIR: 'a part of its path is no folder',
  EISDIR: 'it is a folder',
  ELOOP: 'there is a symbolic link in its place',
  ENAMETOOLONG: 'its path is too long',
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
  if (code === 'ENOENT')
    return new FoobotError('not-writable', detail, `The folder of ${path} is missing: make it first.`)
  const lasts = lasting[code]
  if (lasts === undefined) return error
  return new FoobotError(
    'not-writable',
    detail,
    `${path} cannot be opened or written: ${lasts}. It must belong to the user with the number ${process.geteuid?.() ?? 'that I run as'}, and be writable.`,
  )
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
