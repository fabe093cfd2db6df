import type { KeptKeyChange } from '#core/bundle/key-change.ts'
import type { LogReader } from '#core/log/proofs.ts'
import type { Device } from './factor.ts'
import type { Account, Conversation } from './platform.ts'
import type { Request } from './request/request.ts'
import type { State } from './request/states.ts'

/** A leaf to append: the PAE bytes of one object, and the signatures that belong to it and are not in it. */
export type Leaf = {
  readonly bytes: Uint8Array
  /** The whole envelope's signatures, as JSON, where the object is signed (receipts): kept beside the log. */
  readonly signatures?: string
}

/** One transition with what the log says of it. Where the compare fails, nothing of it is stored. */
export type Change = {
  /** What must be stored now; `new` where nothing may be. Absent where only the leaf is to be stored. */
  readonly from?: { readonly state: State | 'new'; readonly generation: number }
  readonly request?: Request
  readonly leaf?: Leaf
  /** A digest under which the leaf is stored once: where it is stored already, nothing is, and its place is given. */
  readonly once?: string
  /**
   * A key that was added or removed, to be stored with the leaf that tells of it. One that is stored already is not; the
   * same words by other signers take its place.
   */
  readonly keyChange?: KeptKeyChange
}

export type Stored =
  | { readonly stored: true; readonly index?: number }
  /**
   * Somebody was faster, the message has its request already, the key change is stored already, or the leaf is: `index` is
   * the leaf's place.
   */
  | { readonly stored: false; readonly index?: number }

/** The tree's end, sealed: the note and the root of all leaves so far. */
export type Seal = { readonly size: number; readonly root: Uint8Array; readonly note: string }

/**
 * Requests and the log of what became of them, changed together: one call is one transaction and one durable write.
 * Called by one process alone. Rejects where the write failed; then nothing was stored.
 */
export interface RecordStore {
  /**
   * Compares and sets each change in order; appends the leaves of those that hold; has the new end sealed; commits.
   * A sent request gets its leaf's index: `request.sent.index` is set by the store where the leaf is its warrant.
   * The store owns the tree: it hashes the appended leaves, and asks for the note that seals the new end.
   * @param note called once inside the transaction with the new size and root; not at all without leaves
   */
  commit(changes: readonly Change[], note: (size: number, root: Uint8Array) => string): Promise<readonly Stored[]>
  /** Writes as durably as `commit`, and changes nothing: proof that the store can be written. Rejects where it cannot. */
  prove(): Promise<void>
  /** The request of one id. */
  find(id: string): Promise<Request | undefined>
  /** The request that a message made, if it made one. */
  ofMessage(conversation: Conversation, account: Account, message: string): Promise<Request | undefined>
  /** The request with this statement digest. */
  ofDigest(digest: string): Promise<Request | undefined>
  /** All that has not ended, oldest first. */
  live(): Promise<readonly Request[]>
  /** The words of requests that ended since, with when they did, in milliseconds. */
  wordsSince(since: number): Promise<ReadonlyMap<string, number>>
  /** All keys that were added and removed, in the order in which they were stored. */
  keyChanges(): Promise<readonly KeptKeyChange[]>
  /** Those that waited for somebody's yes and were done since, in milliseconds, oldest first. */
  doneSince(since: number): Promise<readonly Request[]>
  /** The last seal; absent in an empty store. */
  seal(): Promise<Seal | undefined>
}

/** Which claims file each runner works with: the server admits one, and no other until an administrator resets it. */
export interface RunnerStoreIds {
  /** All that this runner was admitted with, whatever its key was. */
  all(runner: string): Promise<readonly string[]>
  /** The store admitted for this key of this runner. */
  get(runner: string, key: string): Promise<string | undefined>
  /** Admits a store where none is admitted yet. Gives the one that is admitted now: another than `store` where one was. */
  admit(runner: string, key: string, store: string): Promise<string>
  /** Forgets what is admitted for all keys of a runner; false where nothing was. */
  reset(runner: string): Promise<boolean>
}

/** The runners that have not handed in yet what they know of the log before: there are some after a copy was restored. */
export interface AwaitedRunners {
  all(): Promise<readonly string[]>
  /** Waits for this one no more; false where it was not awaited. */
  forget(runner: string): Promise<boolean>
}

/** A chat account that somebody has linked to themselves. */
export type LinkedAccount = {
  readonly platform: string
  readonly tenant: string
  /** The platform's own id. */
  readonly id: string
  readonly person: string
  /** Seconds since 1970. */
  readonly linked: number
}

/** Those accounts. None is ever changed: an account that has a person is linked anew by the bundle only, or forgotten. */
export interface AccountStore {
  all(): Promise<readonly LinkedAccount[]>
  /** False where the account has a person already. */
  add(account: LinkedAccount): Promise<boolean>
  /** Forgets all of a person's; false where there was none. */
  forget(person: string): Promise<boolean>
}

/** The phones that can be woken. */
export interface DeviceStore {
  /** A person's, in the order that they were added. */
  of(person: string): Promise<readonly Device[]>
  /** Adds one, in the place of the person's other of the same name; false where they have eight others already. */
  put(device: Device): Promise<boolean>
  /** False where the person has none of that name. */
  remove(person: string, name: string): Promise<boolean>
}

/** What was said, for who comes later. Kept for as long as the company's configuration says. */
export interface ChatStore {
  /**
   * Appends. `known` where this message of this account is there already; `other` where one with another text is: then
   * that stays.
   */
  append(entry: ChatEntry): Promise<Appended>
  /**
   * The last entries of a conversation, or the last before a place: as many as `count` and `bytes` allow, and one at least
   * where there is one. Reads backwards, and no more than that into memory.
   */
  page(conversation: Conversation, of: PageOf): Promise<ChatPage>
}

export type PageOf = {
  /** Only what stands before this place. */
  readonly before?: number
  readonly count: number
  /** Bytes of the entries' texts, names and replies together. */
  readonly bytes: number
}

/** Oldest first, each with its place: a later one of a conversation has a larger number. */
export type ChatPage = { readonly entries: readonly PlacedEntry[]; readonly hasOlder: boolean }

export type PlacedEntry = { readonly place: number; readonly entry: ChatEntry }

export type Appended = 'new' | 'known' | 'other'

export type ChatEntry = {
  readonly conversation: Conversation
  /** The account, or `foobot`. */
  readonly from: string
  readonly name: string
  /** The message's id for what people say; absent for Foobot's replies. */
  readonly message?: string
  /** Milliseconds. */
  readonly at: number
  readonly text: string
  /** Blocks and footer of a reply, as JSON. */
  readonly rich?: string
}

export type { Device, LogReader }
