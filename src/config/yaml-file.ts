import { type Document, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml'
import type { z } from 'zod'
import { FoobotError } from '#core/errors.ts'
import { parseJson } from '#core/statement/json.ts'
import type { Complaint } from './complaint.ts'

/** Where something stands in a file: keys and places in lists, from the outside in. */
export type Path = readonly PropertyKey[]

/** A file as it was read: its value, and the line of each part of it for later complaints. */
export type Read<T> =
  | { readonly ok: true; readonly value: T; readonly lineOf: (path: Path) => number | undefined }
  | { readonly ok: false; readonly complaints: readonly Complaint[] }

/** Bytes of one YAML file, at most: far more than people write, and read in no time. */
export const largestYaml = 1024 * 1024

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads one YAML file by a schema. YAML here is keys, lists and plain values: no anchors or aliases (which can grow
 * without bound), no tags, no directives, one document, no key twice.
 */
export const readYaml = <S extends z.ZodType>(file: string, bytes: Uint8Array, schema: S): Read<z.output<S>> => {
  if (bytes.length > largestYaml) return wrong({ file, text: `has ${bytes.length} bytes, at most ${largestYaml}` })
  const text = decode(bytes)
  if (text === undefined) return wrong({ file, text: 'is not UTF-8: save it as UTF-8' })
  const { document, lines } = parse(text)
  const complaints = faultsOf(file, document, lines)
  if (complaints.length > 0) return wrong(...complaints)
  return check(file, document.toJS({ maxAliasCount: 0 }), schema, linesIn(document, lines))
}

/** Reads one JSON file by a schema: strict JSON without `null`, floats and keys that stand twice. */
export const readJson = <S extends z.ZodType>(file: string, bytes: Uint8Array, schema: S): Read<z.output<S>> => {
  try {
    const value = parseJson(bytes, file)
    return check(file, value, schema, (path) => {
      const { document, lines } = parse(Buffer.from(bytes).toString('utf8'))
      return linesIn(document, lines)(path)
    })
  } catch (error) {
    if (!(error instanceof FoobotError && error.code === 'payload-malformed')) throw error
    return wrong({ file, text: error.message.replace(`${file}: `, '') })
  }
}

const decode = (bytes: Uint8Array): string | undefined => {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

const parse = (text: string) => {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    stringKeys: true,
    uniqueKeys: true,
    prettyErrors: false,
    lineCounter: lines,
  })
  return { document, lines }
}

const faultsOf = (file: string, document: Document.Parsed, lines: LineCounter): Complaint[] => {
  const at = (offset: number) => ({ file, line: lines.linePos(offset).line })
  const [error] = document.errors
  if (error) {
    const text =
      error.code === 'DUPLICATE_KEY' ? 'this key stands twice: keep one' : `is no YAML here: ${error.message}`
    return [{ ...at(error.pos[0]), text }]
  }
  const complaints: Complaint[] = []
  if (document.directives.yaml.explicit) complaints.push({ file, text: 'leave out the %YAML line' })
  visit(document, {
    Alias: (_, node) => {
      complaints.push({
        ...at(node.range?.[0] ?? 0),
        text: `*${node.source} is an alias: write out what it stands for`,
      })
    },
    Pair: (_, { key }) => {
      // The one key that is lost on the way into an object.
      if (!isScalar(key) || key.value !== '__proto__') return
      complaints.push({ ...at(key.range?.[0] ?? 0), text: '__proto__ is no name: write another' })
    },
    Node: (_, node) => {
      const place = at(node.range?.[0] ?? 0)
      if ('anchor' in node && node.anchor !== undefined)
        complaints.push({ ...place, text: `leave out &${node.anchor}` })
      if (node.tag !== undefined) complaints.push({ ...place, text: `leave out the tag ${node.tag}` })
    },
  })
  return complaints
}

const linesIn =
  (document: Document.Parsed, lines: LineCounter) =>
  (path: Path): number | undefined => {
    let node: unknown = document.contents
    let offset: number | undefined
    for (const step of path) {
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && key.value === step)
        if (!pair) break
        offset = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? offset
        node = pair.value
      } else if (isSeq(node) && typeof step === 'number') {
        node = node.items[step]
        offset = rangeOf(node) ?? offset
      } else break
    }
    return offset === undefined ? undefined : lines.linePos(offset).line
  }

const rangeOf = (node: unknown): number | undefined =>
  isScalar(node) || isMap(node) || isSeq(node) ? node.range?.[0] : undefined

const check = <S extends z.ZodType>(
  file: string,
  value: unknown,
  schema: S,
  lineOf: (path: Path) => number | undefined,
): Read<z.output<S>> => {
  const parsed = schema.safeParse(value ?? {})
  if (parsed.success) return { ok: true, value: parsed.data, lineOf }
  return wrong(
    ...parsed.error.issues.map((issue) => {
      const extra = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
      const line = lineOf([...issue.path, ...extra])
      return { file, ...(line !== undefined && { line }), text: `${pathText(issue.path)}${issue.message}` }
    }),
  )
}

const pathText = (path: Path): string => (path.length === 0 ? '' : `${path.map(String).join('.')}: `)

const wrong = (...complaints: Complaint[]): { readonly ok: false; readonly complaints: readonly Complaint[] } => ({
  ok: false,
  complaints,
})
