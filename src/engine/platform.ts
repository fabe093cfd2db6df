import type { Reply } from '#core/reply/reply.ts'
import type { State } from './request/states.ts'

/** A place where people talk, on one platform: a room, or one thread in it. */
export type Conversation = {
  readonly platform: string
  readonly tenant: string
  /** The platform's own id of the room. */
  readonly room: string
  readonly thread?: string
  /** Foobot and one account are alone here: its name is not needed. */
  readonly direct?: true
}

/** Who somebody is on a platform: an id that never changes, in the tenant that gave it. */
export type Account = { readonly tenant: string; readonly id: string }

/** What somebody said, taken off a platform's wire: untrusted, nothing in it is an identity but `account`. */
export type Message = {
  readonly conversation: Conversation
  /**
   * Who said it, never by a display name. The tenant is the account's own: a guest from another workspace speaks in this
   * conversation, and is nobody of its tenant.
   */
  readonly account: Account
  /** The platform's id of the message; delivered again, it is the same. */
  readonly id: string
  /** When it was said, in milliseconds, by the platform's clock. */
  readonly at: number
  readonly text: string
  /** False for programs, edited, forwarded and quoted texts: those are nobody's command. */
  readonly fresh: boolean
  /** The client that said it can sign. */
  readonly signs: boolean
}

/** One message, as those who follow it know it. */
export type Asker = Pick<Message, 'conversation' | 'account' | 'id'>

/** How it stands with one message, for platforms whose clients follow it. */
export type Progress = {
  readonly state: State
  readonly id?: string
  readonly code?: string
  readonly command?: string
  readonly owes: readonly OwedView[]
}

/** A statement that somebody may consent to. */
export type ToSign = {
  readonly as: 'requester' | 'approver'
  readonly group?: string
  /** The rule that asks for it: policy ids, or `tier <name>`. */
  readonly because?: string
  /** The statement's exact bytes. */
  readonly statement: Uint8Array
}

export type OwedView = {
  readonly kind: 'signature' | 'second-factor' | 'approval' | 'reason'
  readonly group?: string
  readonly count?: number
  readonly word?: string
  readonly say: string
  /** The rule that asks for it: policy ids, or `tier <name>`. */
  readonly because?: string
  /** Who could give it. */
  readonly from?: readonly string[]
}

/** What the engine offers a platform: the first door, and nothing else. */
export type Ears = {
  /** Never throws: whatever goes wrong is answered, logged, and denies. Resolves when the message is dealt with. */
  receive(message: Message): Promise<void>
}

/**
 * A chat system: turns its wire into messages, and replies into its wire. It decides nothing. It may be told the same
 * reply twice after a restart, and shows it twice rather than never.
 */
export interface Platform {
  readonly name: string
  /** Says something in a conversation. Rejects where the platform did not take it. */
  send(to: Conversation, reply: Reply, about: About): Promise<void>
  /** Tells the client that sent a message how it stands; platforms without such clients do nothing. */
  follow(message: Pick<Message, 'conversation' | 'account' | 'id'>, progress: Progress): void
  /**
   * Hands the client that said a message a statement to look at and sign; platforms whose clients cannot sign do nothing.
   */
  show(message: Pick<Message, 'conversation' | 'account' | 'id'>, toSign: ToSign): void
  /** Where an account and Foobot talk alone; undefined where there is no such place. */
  alone(account: Account): Conversation | undefined
  /** Who may be here has changed: puts out whoever may not any more. Platforms without sessions of their own do nothing. */
  recheck(): void
  /** Whether it hears: false, with a reason, while the way in is cut. */
  health(): { readonly ok: boolean; readonly why?: string }
}

export type About = {
  /** The message that is answered, where there is one. */
  readonly answers?: Pick<Message, 'account' | 'id'>
  /** Nobody but this account may see it. Rejects where the platform cannot do that: it is never said aloud. */
  readonly only?: Account
  /** The request whose progress the blocks tell: a later one takes the place of this one. */
  readonly progress?: string
}
