/** Tries of one request, at most. */
const mostTries = 3
/** Milliseconds before the second try; before the third it is three times that. */
const firstPause = 300
/** Milliseconds that a vendor may ask us to wait: longer, and the person hears it instead. */
const longestWait = 4000

/** What one try came to. */
export type Tried = {
  /** Absent where there was no answer. */
  readonly status?: number
  /** Milliseconds after which the vendor wants to be asked again, where it said so. */
  readonly again?: number
  /** Whether the same request may be made twice. */
  readonly repeatable: boolean
}

/**
 * Milliseconds to wait before the next try; undefined where there is none. A request that changes something is made again
 * only where the vendor has said that it did nothing with it (429).
 * @param tries so many were made
 */
export const waitBefore = (tries: number, { status, again, repeatable }: Tried): number | undefined => {
  if (tries >= mostTries) return undefined
  const isPassing = status === undefined || status === 429 || (status >= 500 && status !== 501)
  if (!isPassing || !(repeatable || status === 429)) return undefined
  const wait = Math.max(again ?? 0, firstPause * 3 ** (tries - 1))
  return wait <= longestWait ? wait : undefined
}

/**
 * Milliseconds that a `Retry-After` header asks for: seconds, or a date (RFC 9110, section 10.2.3).
 * @param now milliseconds
 */
export const retryAfter = (header: string | null, now: number): number | undefined => {
  if (header === null) return undefined
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
