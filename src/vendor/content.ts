import { VendorError } from './vendor-error.ts'

export type Headers = Readonly<Record<string, string>>
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

/** Bytes of an answer, at most. */
const mostBytes = 32 * 1024 * 1024

/** As it stands behind a path. */
export const queryOf = (query: Query = {}): string => {
  const all = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue
    for (const one of Array.isArray(value) ? value : [value]) all.append(name, String(one))
  }
  return all.size === 0 ? '' : `?${all}`
}

/** What is sent, with the headers that say what it is. */
export const contentOf = (
  body: unknown,
): { readonly headers: Headers; readonly body?: string | Uint8Array<ArrayBuffer> | URLSearchParams } => {
  if (body === undefined) return { headers: {} }
  if (body instanceof URLSearchParams) return { headers: {}, body }
  if (body instanceof Uint8Array) return { headers: {}, body: new Uint8Array(body) }
  if (typeof body === 'string') return { headers: {}, body }
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

/** @throws VendorError where it is too large */
export const bytesOf = async (response: Response): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > mostBytes) throw new VendorError('strange', 'The answer is larger than I read.', response.status)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** JSON; `undefined` where it is none. */
export const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
