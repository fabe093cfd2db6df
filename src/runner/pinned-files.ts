import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { FoobotError } from '#core/errors.ts'

type Files = ReadonlyMap<string, string>

/** The files that plugins of this process may load, by the plugin's code. */
const byCode = new Map<string, Files>()
/** Path to the codes that it belongs to: a package may be listed by several plugins. */
const byPath = new Map<string, Set<string>>()

/** From now on these files are this code, and nothing else may be loaded by it. */
export const pinFiles = (code: string, files: Files): void => {
  byCode.set(code, new Map([...(byCode.get(code) ?? []), ...files]))
  for (const path of files.keys()) byPath.set(path, (byPath.get(path) ?? new Set()).add(code))
}

export const isPinned = (code: string): boolean => byCode.has(code)

/** The codes that a file belongs to. */
export const codesOf = (path: string): readonly string[] => [...(byPath.get(path) ?? [])]

/** Whether these are the bytes of a file as one of these codes was computed from it; false where it is none of theirs. */
export const isAsPinned = (path: string, bytes: string | Uint8Array, codes: readonly string[]): boolean => {
  const sha256 = hash('sha256', bytes, 'hex')
  return codes.some((code) => byCode.get(code)?.get(path) === sha256)
}

/**
 * Reads a file of the plugin's own folder, or of a package that it lists, as fonts and WebAssembly: exactly the bytes that
 * the bundle lists the code of. In a test that calls handlers without a runner, the bytes that lie there.
 * @param url as `new URL('font/Own.ttf', import.meta.url)` or `import.meta.resolve('a-package/its.wasm')`
 * @throws FoobotError `plugin-refused` where it is another file, or has changed since the plugin was looked at
 */
export const readPinned = (url: string | URL): Uint8Array<ArrayBuffer> => {
  const path = fileURLToPath(url)
  const bytes = readFileSync(path)
  if (byCode.size === 0 || isAsPinned(path, bytes, codesOf(path))) return bytes
  const why = `${path} is no file of a plugin as it was looked at`
  throw new FoobotError('plugin-refused', why, `A file of a plugin has changed: start its runner again (${why}).`)
}
