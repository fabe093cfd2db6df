import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'

/** Mounts of its own, which no other process of this machine sees, and which end with it. */
export type Namespace = {
  /** The same file as it is seen in there. */
  readonly inside: (file: string) => string
  /** What a process is started with so that it runs in there. */
  readonly within: (file: string, args: readonly string[]) => readonly [file: string, args: readonly string[]]
  end(): void
}

/** Root needs no other name for itself; everybody else is root in there. */
const flags = process.getuid?.() === 0 ? ['--mount'] : ['--mount', '--map-root-user']

/**
 * Makes mounts that only its own processes see.
 * @param script of a shell, run in there first: what it mounts
 * @throws where this machine cannot, with what to install
 */
export const makeNamespace = async (script: string): Promise<Namespace> => {
  if (spawnSync('unshare', [...flags, 'true']).status !== 0) {
    throw new Error('"unshare --mount" does not work here: npm run setup:test, and let this user make namespaces')
  }
  const args = [...flags, '--propagation', 'private', 'sh', '-ec', `${script}\necho mounted\nexec sleep infinity`]
  const holder = spawn('unshare', args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const pid = await mounted(holder)
  const enter = process.getuid?.() === 0 ? ['--mount'] : ['--mount', '--user', '--preserve-credentials']
  return {
    inside: (file) => `/proc/${pid}/root${file}`,
    within: (file, more) => ['nsenter', ['--target', String(pid), ...enter, '--wd=.', file, ...more]],
    end: () => void holder.kill('SIGKILL'),
  }
}

const mounted = (holder: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    let said = ''
    holder.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    if (holder.stdout) createInterface(holder.stdout).once('line', () => resolve(holder.pid ?? 0))
    holder.once('error', reject)
    holder.once('exit', () => reject(new Error(`the mounts could not be made: ${said}`)))
  })
