import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const built = fileURLToPath(new URL('../../web/desk/dist', import.meta.url))

/** What the desk serves: each built file by its path, as `desk.js`. */
export const deskFiles = (): ReadonlyMap<string, Uint8Array> =>
  new Map(
    readdirSync(built)
      .sort()
      .map((name) => [name, readFileSync(join(built, name))]),
  )

/** The same as a bundle lists it: SHA-256 in hex by path. */
export const deskDigests = (): ReadonlyMap<string, string> =>
  new Map([...deskFiles()].map(([path, bytes]) => [path, createHash('sha256').update(bytes).digest('hex')]))
