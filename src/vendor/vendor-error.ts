/** Why a vendor did not do what was asked. */
export type VendorFailure =
  /** No connection, or it broke. */
  | 'unreachable'
  /** No whole answer in time. */
  | 'late'
  /** 401: the credential is not taken. */
  | 'credential'
  /** 403: the credential may not do that. */
  | 'forbidden'
  /** 404 or 410: it is not there. */
  | 'missing'
  /** 429: too many requests, and the wait would be too long. */
  | 'busy'
  /** Another 4xx: the vendor says what is wrong. */
  | 'refused'
  /** 5xx. */
  | 'broken'
  /** An answer in a form that is not known. */
  | 'strange'

/** A vendor’s refusal or failure. Its message is a sentence for the room, and says what to do. */
export class VendorError extends Error {
  readonly kind: VendorFailure
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined
  /** The vendor’s own words, where it had some. */
  readonly said: string | undefined

  constructor(kind: VendorFailure, say: string, status?: number, cause?: unknown, said?: string) {
    super(say, { cause })
    this.name = 'VendorError'
    this.kind = kind
    this.status = status
    this.said = said
  }
}
