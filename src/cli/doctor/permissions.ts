import { readdirSync, type Stats, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { demoMark } from '#config/demo-keys.ts'
import { readRunnerConfig } from '#config/runner.ts'
import { readServerConfig } from '#config/server.ts'
import { controlSocket } from '#wire/control.ts'
import type { Check, Finding } from './finding.ts'

/** What each bit more than this would let others do. */
const rules = {
  key: { forbidden: 0o077, mend: 'chmod 600', say: 'others may read it' },
  folder: { forbidden: 0o022, mend: 'chmod go-w', say: 'others may put files there' },
  socket: { forbidden: 0o007, mend: 'chmod o=', say: 'everybody on this machine may open it' },
} as const

type Place = { readonly path: string; readonly kind: keyof typeof rules }

/** Private keys that their owner alone reads, folders that their owner alone fills, sockets that not everybody opens. */
export const checkPermissions: Check = ({ data, runners }) => {
  const { logKey, push, socket, totp } = readServerConfig(join(data, 'server', 'server.yaml'))
  const places: Place[] = [
    ...[logKey, push.key, ...(totp ? [totp.key, totp.secrets] : [])].map((path): Place => ({ path, kind: 'key' })),
    ...keysIn(join(data, 'keys')),
    ...runners.flatMap((file) => runnerPlaces(file)),
    { path: join(data, 'server'), kind: 'folder' },
    { path: join(data, 'bundle'), kind: 'folder' },
    { path: socket, kind: 'socket' },
    { path: join(data, 'server', controlSocket), kind: 'socket' },
  ]
  const findings = places.flatMap(look)
  return findings.length > 0
    ? findings
    : [{ about: 'permissions', level: 'ok', say: 'keys, folders and sockets are closed to others' }]
}

const look = ({ path, kind }: Place): Finding[] => {
  const { forbidden, mend, say } = rules[kind]
  const found = statsOf(path)
  if (!found || (found.mode & forbidden) === 0) return []
  return [{ about: 'permissions', level: 'fail', say: `${path}: ${say}. Run: ${mend} ${path}` }]
}

/** A runner whose files this user may not read is another user: as it should be. */
const runnerPlaces = (file: string): Place[] => {
  if (!statsOf(file)) return []
  const { key, folder } = readRunnerConfig(file)
  return [
    { path: key, kind: 'key' },
    { path: folder, kind: 'folder' },
    { path: dirname(file), kind: 'folder' },
  ]
}

const keysIn = (folder: string): Place[] =>
  statsOf(folder)
    ? readdirSync(folder)
        .filter((name) => name !== demoMark && !name.endsWith('.pub'))
        .map((name) => ({ path: join(folder, name), kind: 'key' }))
    : []

/** Undefined for what is not there, or is closed to whoever looks. */
export const statsOf = (path: string): Stats | undefined => {
  try {
    return statSync(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'EACCES') return undefined
    throw error
  }
}
