import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { auditLog } from '#core/log/audit.ts'
import { openLog, ownerOf } from '../log-folder.ts'
import type { Check } from './finding.ts'

/** The log's files, every byte of them. Whether they are behind the database, the server says when it is asked. */
export const checkLog: Check = ({ data }) => {
  if (!existsSync(join(data, 'log', 'checkpoint'))) {
    const say = `Nothing has been recorded yet, or its files are gone: ${join(data, 'log')} has no checkpoint.`
    return [{ about: 'log', level: 'warn', say }]
  }
  const owner = ownerOf(data, undefined)
  const { read, head } = openLog(data, owner)
  auditLog(read, head, owner.begun ? [owner.begun] : [])
  return [{ about: 'log', level: 'ok', say: `${head.size} leaves, whole` }]
}
