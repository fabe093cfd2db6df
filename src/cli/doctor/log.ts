import { join } from 'node:path'
import { logPath } from '#core/log/tiles.ts'
import { liesThere, ownerOf } from '../log-folder.ts'
import { linesOf, verifyLogs } from '../log-verify.ts'
import type { Check } from './finding.ts'

/** The logs' files, every byte of them. Whether they are behind the database, the server says when it is asked. */
export const checkLog: Check = ({ data }) => {
  const present = ownerOf(data, undefined)
  if (!liesThere(data, present)) {
    const say = `Nothing has been recorded yet, or its files are gone: ${join(data, logPath(present.number))} has no checkpoint.`
    return [{ about: 'log', level: 'warn', say }]
  }
  const verified = verifyLogs(data, undefined)
  const [{ size } = { size: 0 }] = verified.logs
  if (present.number === 1) return [{ about: 'log', level: 'ok', say: `${size} leaves, whole` }]
  return [
    {
      about: 'log',
      level: verified.missing.length > 0 ? 'warn' : 'ok',
      say: linesOf({ ...verified, withoutEnd: [] }).join(' '),
    },
  ]
}
