import type { Reply } from '#core/reply/reply.ts'
import type { Envelope } from '#core/statement/fields.ts'
import type { Tier } from '#core/tier.ts'
import type { Account, Conversation } from '../platform.ts'
import type { State } from './states.ts'

/** One person's asking for one command in one conversation, as the store keeps it. */
export type Request = {
  /** 32 hex digits, random, made at receive; stays when it is stated anew. */
  readonly id: string
  readonly state: State
  /** Rises by one with every transition: what compare-and-set compares, and what a timer is for. */
  readonly generation: number
  readonly conversation: Conversation
  readonly account: Account
  readonly message: string
  /** The first 32 hex digits of the SHA-256 of what that message said: the same id with another text is another message. */
  readonly said: string
  /** Absent where no person stands behind the account. */
  readonly person?: string
  readonly command: string
  readonly runner: string
  readonly tier: Tier
  /** The canonical command, or what was said so far while it is asked. */
  readonly text: string
  /** Milliseconds. */
  readonly createdAt: number
  readonly endedAt?: number
  /** Present from `pending` or `running` on. */
  readonly stated?: Stated
  /** Present from `running` on. */
  readonly sent?: Sent
  /** The consents that count for the statement, in order of arrival; they die with it. */
  readonly consents?: readonly Envelope[]
  /** The word by which approvers of this conversation point at it. */
  readonly word?: string
  /** The runner's sentence about the target, said before what is owed. */
  readonly about?: string
  /** The recorded answer, said again to who joins. */
  readonly answer?: Reply
}

export type Stated = {
  /** The statement's exact bytes. */
  readonly statement: Uint8Array
  readonly digest: string
  readonly code: string
  /** Seconds. */
  readonly iat: number
  readonly exp: number
  readonly bundle: number
  /** `type:id` of the resource, for `exclusive`. */
  readonly resource: string
}

export type Sent = {
  /** The warrant's exact bytes, and its leaf's place in the log. */
  readonly warrant: Uint8Array
  readonly index: number
  /** The runner's claims file that it was sent to; absent until it was sent. */
  readonly store?: string
  /** Milliseconds, when the runner said that it started. */
  readonly claimedAt?: number
}
