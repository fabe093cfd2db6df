import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Door } from './native-door.fixture.ts'

const program = fileURLToPath(new URL('../../bin/foobot', import.meta.url))

export type Ran = { readonly exit: number | null; readonly out: string; readonly err: string }

/** Without what a developer's own shell says. */
const environment = (more: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
  const { SSH_AUTH_SOCK, FOOBOT_SERVER, FOOBOT_DATA, NO_COLOR, ...rest } = process.env
  return { ...rest, ...more }
}

/** The real command line as a process of its own. */
export const foobot = (args: readonly string[], more: { input?: string; env?: NodeJS.ProcessEnv } = {}): Promise<Ran> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], { env: environment(more.env ?? {}) })
    let out = ''
    let err = ''
    child.stdout.on('data', (data) => {
      out += data
    })
    child.stderr.on('data', (data) => {
      err += data
    })
    child.on('close', (exit) => resolve({ exit, out, err }))
    child.stdin.end(more.input ?? '')
  })

/** A server, and the folder with the keys of who dials it. */
export type Place = Pick<Door, 'folder'> & { readonly http: { readonly url: string } }

/** The flags that lead to a door. */
export const at = (door: Place): string[] => ['--server', door.http.url, '--data', door.folder]
