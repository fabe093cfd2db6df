import { type Bound, bound } from '#bounds/bound.ts'
import type { Reply } from '#core/reply/reply.ts'
import type { Asker, Conversation } from '../platform.ts'
import { conversationKey } from '../receive.ts'
import { IdIndex } from './id-index.ts'
import type { Request } from './request.ts'
import { isWaiting } from './states.ts'
import { type Waiter, WaitingPlaces } from './waiting-places.ts'

type Entry = {
  /** Said with the handler's first words. */
  lead?: string
  /** Whether it was said what the request owes. */
  prompted?: boolean
  request: Request
  readonly askers: Asker[]
  talk: Promise<void>
  /** What is still to be said after all before it. */
  unsaid: number
  answer?: Reply
  claimedAt?: number
}

const followers = bound('followers-of-a-request', {
  most: 32,
  unit: 'messages',
  of: 'messages that are told how one request goes on',
  say: 'The oldest of them is told no more, but for the one that made it.',
})
const unsaid = bound('unsaid-of-a-request', {
  most: 1024,
  unit: 'replies',
  of: 'replies to one request that wait until those before them are said',
  say: 'What its runner says beyond is left out; its last words stand in the answer.',
})
const recentWords = bound('commands-just-done', {
  most: 10_000,
  unit: 'commands',
  of: 'commands that were done in the last minute, and answer the same words again',
  say: 'The oldest is forgotten: the same words are a new command.',
})

/** Milliseconds after `done` in which the same words are the same request, where somebody's yes was owed. */
export const joinedFor = 60_000

/** The requests that have not ended, found in memory; the store holds the same, and is what counts. */
export class Live {
  readonly #byId = new Map<string, Entry>()
  readonly #byDigest = new Map<string, string>()
  readonly #byKey = new IdIndex()
  readonly #waiting = new Set<string>()
  readonly #places = new WaitingPlaces()
  /** Identical commands of one person in one conversation: the id, reserved before there is a request. */
  readonly #byWords = new Map<string, string>()
  readonly #wordsOf = new Map<string, string>()
  /** Identical words again, soon after the end: the id, and until when. */
  readonly #recent = new Map<string, { readonly id: string; readonly until: number }>()

  get size(): number {
    return this.#byId.size
  }

  all(): readonly Request[] {
    return [...this.#byId.values()].map(({ request }) => request)
  }

  /** Those that wait for somebody, oldest first: as many as there are places at most. */
  waiting(): readonly Request[] {
    return this.#found([...this.#waiting])
  }

  /** A person's, oldest first. */
  ofPerson(person: string): readonly Request[] {
    return this.#found(this.#byKey.get(keys.person(person)))
  }

  /** Those of one room and all its threads, oldest first. */
  inRoom(conversation: Conversation): readonly Request[] {
    return this.#found(this.#byKey.get(keys.room(conversation)))
  }

  /** Those that one runner carries out. */
  ofRunner(runner: string): readonly Request[] {
    return this.#found(this.#byKey.get(keys.runner(runner)))
  }

  /** Those that a code, a word or an id points at. */
  named(which: string): readonly Request[] {
    const ids = [...this.#byKey.get(keys.code(which)), ...this.#byKey.get(keys.word(which)), which]
    return this.#found([...new Set(ids)])
  }

  isWordTaken(word: string): boolean {
    return this.#byKey.has(keys.word(word))
  }

  /** Takes a place for what is about to wait; undone by `release`. @returns the bound that is reached, where there is none */
  takePlace(waiter: Waiter): Bound | undefined {
    return this.#places.take(waiter)
  }

  #found(ids: readonly string[]): readonly Request[] {
    return ids.flatMap((id) => this.get(id) ?? []).toSorted((a, b) => a.createdAt - b.createdAt)
  }

  get(id: string): Request | undefined {
    return this.#byId.get(id)?.request
  }

  ofDigest(digest: string): Request | undefined {
    const id = this.#byDigest.get(digest)
    return id === undefined ? undefined : this.get(id)
  }

  /** The request that these words have already made. */
  ofWords(words: string): string | undefined {
    return this.#byWords.get(words)
  }

  /** From here on the same words join this request. Undone by `release`. */
  reserve(words: string, id: string): void {
    this.#byWords.set(words, id)
    this.#wordsOf.set(id, words)
  }

  /** The request that these words have made, and that was done a moment ago. */
  doneOfWords(words: string, now: number): string | undefined {
    const done = this.#recent.get(words)
    return done && done.until > now ? done.id : undefined
  }

  /** The same words get this request's answer for a while, though it is done. Called before it is dropped. */
  keepWords(id: string, now: number): void {
    for (const [words, { until }] of this.#recent) {
      if (until > now) break
      this.#recent.delete(words)
    }
    const words = this.#wordsOf.get(id)
    if (words === undefined) return
    const [oldest] = this.#recent.keys()
    if (this.#recent.size >= recentWords.most && oldest !== undefined) {
      recentWords.reached()
      this.#recent.delete(oldest)
    }
    this.#recent.set(words, { id, until: now + joinedFor })
  }

  /** Gives back the words and the place of what is not stored, or has ended. */
  release(id: string): void {
    this.#places.free(id)
    const words = this.#wordsOf.get(id)
    if (words === undefined) return
    this.#wordsOf.delete(id)
    if (this.#byWords.get(words) === id) this.#byWords.delete(words)
  }

  put(request: Request): void {
    const entry = this.#byId.get(request.id)
    if (entry) this.#forget(entry.request)
    if (entry) entry.request = request
    else this.#byId.set(request.id, { request, askers: [askerOf(request)], talk: Promise.resolve(), unsaid: 0 })
    if (request.stated) this.#byDigest.set(request.stated.digest, request.id)
    for (const key of keysOf(request)) this.#byKey.add(key, request.id)
    if (isWaiting(request.state)) {
      this.#waiting.add(request.id)
      this.#places.keep(request)
    } else {
      this.#waiting.delete(request.id)
      this.#places.free(request.id)
    }
  }

  /** The requests for one resource of one runner. */
  on(runner: string, resource: string): readonly Request[] {
    return this.#found(this.#byKey.get(keys.resource(runner, resource)))
  }

  #forget(request: Request): void {
    if (request.stated) this.#byDigest.delete(request.stated.digest)
    for (const key of keysOf(request)) this.#byKey.delete(key, request.id)
  }

  drop(id: string): void {
    const entry = this.#byId.get(id)
    if (!entry) return
    this.#byId.delete(id)
    this.#waiting.delete(id)
    this.#forget(entry.request)
    this.release(id)
  }

  /** Everybody who follows a request: who made it, and whose identical words joined it. */
  askers(id: string): readonly Asker[] {
    return this.#byId.get(id)?.askers ?? []
  }

  join(id: string, asker: Asker): void {
    const askers = this.#byId.get(id)?.askers
    if (!askers) return
    askers.push(asker)
    if (askers.length <= followers.most) return
    followers.reached()
    askers.splice(1, 1)
  }

  /** Says things of one request one after the other: nothing overtakes. Resolves when this one is said. */
  talk(id: string, saying: () => Promise<void>): Promise<void> {
    const entry = this.#byId.get(id)
    if (!entry) return saying()
    entry.unsaid += 1
    entry.talk = entry.talk.then(saying).finally(() => {
      entry.unsaid -= 1
    })
    return entry.talk
  }

  /** Whether so much of it is still to be said that a runner's next words find no place. */
  isSayingMuch(id: string): boolean {
    const much = (this.#byId.get(id)?.unsaid ?? 0) >= unsaid.most
    if (much) unsaid.reached()
    return much
  }

  /** Keeps the last thing that a handler returned, for who joins. */
  answered(id: string, answer: Reply): void {
    const entry = this.#byId.get(id)
    if (entry) entry.answer = answer
  }

  answerOf(id: string): Reply | undefined {
    return this.#byId.get(id)?.answer
  }

  /** The runner says that it started, in milliseconds since 1970. */
  claimed(id: string, at: number): void {
    const entry = this.#byId.get(id)
    if (entry) entry.claimedAt = at
  }

  leadWith(id: string, lead: string | undefined): void {
    const entry = this.#byId.get(id)
    if (entry && lead !== undefined) entry.lead = lead
  }

  /** Gives the lead once: to the first words. */
  takeLead(id: string): string {
    const entry = this.#byId.get(id)
    const lead = entry?.lead ?? ''
    delete entry?.lead
    return lead
  }

  /** True from the second time on. */
  isPrompted(id: string): boolean {
    return this.#byId.get(id)?.prompted === true
  }

  prompted(id: string, so: boolean): void {
    const entry = this.#byId.get(id)
    if (entry) entry.prompted = so
  }

  claimedAt(id: string): number | undefined {
    return this.#byId.get(id)?.claimedAt
  }
}

/** What requests are found by. */
const keys = {
  person: (person: string) => JSON.stringify(['person', person]),
  room: ({ platform, tenant, room }: Conversation) =>
    JSON.stringify(['room', ...conversationKey({ platform, tenant, room })]),
  runner: (runner: string) => JSON.stringify(['runner', runner]),
  resource: (runner: string, resource: string) => JSON.stringify(['resource', runner, resource]),
  code: (code: string) => JSON.stringify(['code', code.toUpperCase()]),
  word: (word: string) => JSON.stringify(['word', word.toLowerCase()]),
}

const keysOf = ({ person, conversation, runner, stated, word }: Request): readonly string[] => [
  keys.room(conversation),
  keys.runner(runner),
  ...(person === undefined ? [] : [keys.person(person)]),
  ...(stated ? [keys.resource(runner, stated.resource), keys.code(stated.code)] : []),
  ...(word === undefined ? [] : [keys.word(word)]),
]

export const askerOf = ({ conversation, account, message }: Request): Asker => ({ conversation, account, id: message })
