import { existsSync, realpathSync } from 'node:fs'
import Module, {
  createRequire,
  isBuiltin,
  type LoadHookSync,
  type ResolveHookSync,
  registerHooks,
  syncBuiltinESMExports,
} from 'node:module'
import { join, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { FoobotError } from '#core/errors.ts'
import { cut } from '#core/text/cut.ts'
import type { Code } from './code.ts'
import { codesOf, isAsPinned, isPinned, pinFiles } from './pinned-files.ts'

const require = createRequire(import.meta.url)
const nativeImport = require('./native-import.cts') as (url: string) => Promise<{ readonly default?: unknown }>

/** In the URL of each module of a plugin: the code that it belongs to. Another code is another module, of the same file too. */
const mark = 'pinned'
/** What plugins import as `foobot`: the runner's own, not a copy. */
const foobot = 'foobot:'
const shared = Symbol.for('foobot')

/** These load code past the hooks: modules by other ways, and threads that have no hooks. */
const closed = new Set(['node:module', 'node:worker_threads'])

const root = fileURLToPath(new URL('../..', import.meta.url))
/** Where packages lie that the program needs which was started: a test runner has its own. */
const packagesOf = (path: string): string[] => {
  const [above, inside] = path.split(`${sep}node_modules${sep}`)
  return inside === undefined ? [] : [join(above ?? '', 'node_modules')]
}
/** Where the runner's own code lies. */
const installation = [root, join(root, 'node_modules'), ...packagesOf(root), ...packagesOf(process.argv[1] ?? '')]
  .filter((path) => existsSync(path))
  .map((path) => join(realpathSync(path), sep))

let hooked: Promise<void> | undefined

/** Lets plugins import `foobot`, and from then on nothing that does not belong to their code. */
const hook = async (): Promise<void> => {
  Object.assign(globalThis, { [shared]: await import('../index.ts') })
  registerHooks({ resolve, load })
  const { getBuiltinModule } = process
  Object.assign(process, {
    dlopen: () => refuse('native code', 'is loaded by nobody in a runner'),
    getBuiltinModule: (id: string) =>
      closed.has(builtinOf(id)) ? refuse(builtinOf(id), closedWhy) : getBuiltinModule(id),
  })
  // Each required module leads to this class.
  Object.assign(Module, { register: () => refuse('a hook in a thread', closedWhy) })
  syncBuiltinESMExports()
}

/**
 * Imports a plugin: its top level runs, and nothing but the bytes that its code was computed from.
 * @throws what its top level throws; FoobotError `plugin-refused` where it imports anything else
 */
export const importPinned = async ({ digest, entry, files }: Code): Promise<{ readonly default?: unknown }> => {
  hooked ??= hook()
  await hooked
  pinFiles(digest, files)
  // What was required before, by whomever, was not compared.
  for (const path of files.keys()) delete require.cache[path]
  return nativeImport(marked(pathToFileURL(entry).href, digest))
}

const resolve: ResolveHookSync = (specifier, context, next) => {
  const codes = codesAt(context.parentURL)
  const isRequired = context.conditions.includes('require')
  if (codes.length > 0 && specifier === 'foobot') {
    const url = isRequired ? new URL('../index.ts', import.meta.url).href : foobot
    return { url, shortCircuit: true, ...(!isRequired && { format: 'module' }) }
  }
  const by = context.parentURL?.startsWith('file:') ? fileURLToPath(context.parentURL) : 'A plugin'
  const found = next(specifier, context)
  // Whoever asks: a module's parent can be made up.
  if (closed.has(builtinOf(found.url))) return refuse(by, `imports ${specifier}, ${closedWhy}`)
  if (codes.length === 0 || isBuiltin(found.url)) return found
  const path = found.url.startsWith('file:') ? fileURLToPath(found.url) : undefined
  const code = path === undefined ? undefined : codes.find((one) => codesOf(path).includes(one))
  if (path === undefined || code === undefined) {
    return refuse(by, `imports ${shown(specifier)}, which is no file of its folder or of a package that it lists`)
  }
  return isRequired ? found : { ...found, url: marked(found.url, code) }
}

/** Node reads the file, once; what it read is compared, and is what runs. */
const load: LoadHookSync = (url, context, next) => {
  if (url === foobot) return { format: 'module', source: ownSource(), shortCircuit: true }
  const codes = codesAt(url)
  // By whatever way it was asked for: a module's parent can be made up.
  if (codes.length === 0)
    return isOwn(url) ? next(url, context) : refuse(shown(url), 'is no code of the runner, nor of its plugins')
  const given = next(url, context)
  const { source } = given
  const path = fileURLToPath(url)
  const bytes = source instanceof ArrayBuffer ? new Uint8Array(source) : source
  if (bytes === undefined || bytes === null) return refuse(path, 'is no JavaScript, TypeScript, JSON or WebAssembly')
  if (!isAsPinned(path, bytes as string | Uint8Array, codes))
    return refuse(path, 'has changed since its plugin was looked at')
  return given
}

/** By the mark; a module that was required has none, and belongs to all that list its file. */
const codesAt = (url: string | undefined): readonly string[] => {
  if (!url?.startsWith('file:')) return []
  const code = new URL(url).searchParams.get(mark)
  return code !== null && isPinned(code) ? [code] : codesOf(fileURLToPath(url))
}

const isOwn = (url: string): boolean => {
  if (!url.startsWith('file:')) return isBuiltin(url)
  const path = fileURLToPath(url)
  return installation.some((folder) => path.startsWith(folder))
}

const marked = (url: string, code: string): string => {
  const own = new URL(url)
  own.searchParams.set(mark, code)
  return own.href
}

const ownSource = (): string => {
  const names = Object.keys(Reflect.get(globalThis, shared))
  return `export const { ${names.join(', ')} } = globalThis[Symbol.for('foobot')]`
}

const builtinOf = (id: string): string => (id.startsWith('node:') ? id : `node:${id}`)

const closedWhy = 'which loads code that nobody has listed'

/** An import may be a whole program: `data:` holds one. */
const shown = (specifier: string): string => cut(specifier, 100)

const refuse = (what: string, why: string): never => {
  throw new FoobotError('plugin-refused', `${what} ${why}`, `A plugin was stopped: ${what} ${why}.`)
}
