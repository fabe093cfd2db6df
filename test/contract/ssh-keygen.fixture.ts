import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of its own for one suite's key files. */
export const keyFolder = () => {
  const path = mkdtempSync(join(tmpdir(), 'foobot-keys-'))
  return {
    path,
    file: (name: string) => join(path, name),
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}

/** Makes a key pair with the real ssh-keygen, and gives its public line without comment. */
export const keygenMake = (file: string, ...options: readonly string[]): string => {
  execFileSync('ssh-keygen', ['-q', '-N', '', '-C', 'made by a test', '-f', file, ...options])
  return readFileSync(`${file}.pub`, 'utf8').split(' ', 2).join(' ')
}

/** Signs with the real ssh-keygen; gives the blob without armour. */
export const keygenSign = (
  file: string,
  namespace: string,
  message: Uint8Array,
  ...options: readonly string[]
): Buffer => {
  const armoured = execFileSync('ssh-keygen', ['-Y', 'sign', '-q', '-f', file, '-n', namespace, ...options], {
    input: message,
    encoding: 'utf8',
  })
  return Buffer.from(armoured.replace(/-----[A-Z ]+-----/g, ''), 'base64')
}

/** Whether the real ssh-keygen takes a blob for a signature by this key. */
export const keygenAccepts = (
  folder: string,
  key: string,
  namespace: string,
  message: Uint8Array,
  blob: Uint8Array,
): boolean => {
  writeFileSync(join(folder, 'allowed'), `somebody namespaces="${namespace}" ${key}\n`)
  const lines =
    Buffer.from(blob)
      .toString('base64')
      .match(/.{1,70}/g) ?? []
  writeFileSync(
    join(folder, 'sig'),
    ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n'),
  )
  const { status } = spawnSync(
    'ssh-keygen',
    ['-Y', 'verify', '-q', '-f', join(folder, 'allowed'), '-I', 'somebody', '-n', namespace, '-s', join(folder, 'sig')],
    { input: message },
  )
  return status === 0
}
