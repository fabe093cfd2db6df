import type { Reply } from '#core/reply/reply.ts'
import type { Asker } from '../platform.ts'
import type { Request } from './request.ts'

type Entry = {
  /** Said with the handler's first words. */
  lead?: string
  /** Whether it was said what the request owes. */
  prompted?: boolean
  request: Request
  readonly askers: Asker[]
  talk: Promise<void>
  answer?: Reply
  claimedAt?: number
  refusedConsents?: number
}

/** Milliseconds after `done` in which the same words are the same request, where somebody's yes was owed. */
export const joinedFor = 60_000

/** The requests that have not ended, found in memory; the store holds the same, and is what counts. */
export class Live {
  readonly #byId = new Map<string, Entry>()
  readonly #byDigest = new Map<string, string>()
  readonly #byResource = new Map<string, Set<string>>()
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
    for (const [words, { until }] of this.#recent) if (until <= now) this.#recent.delete(words)
    const words = this.#wordsOf.get(id)
    if (words !== undefined) this.#recent.set(words, { id, until: now + joinedFor })
  }

  release(id: string): void {
    const words = this.#wordsOf.get(id)
    if (words === undefined) return
    this.#wordsOf.delete(id)
    if (this.#byWords.get(words) === id) this.#byWords.delete(words)
  }

  put(request: Request): void {
    const entry = this.#byId.get(request.id)
    if (entry) this.#forget(entry.request)
    if (entry) entry.request = request
    else this.#byId.set(request.id, { request, askers: [askerOf(request)], talk: Promise.resolve() })
    if (!request.stated) return
    this.#byDigest.set(request.stated.digest, request.id)
    const place = `${request.runner} ${request.stated.resource}`
    const there = this.#byResource.get(place)
    if (there) there.add(request.id)
    else this.#byResource.set(place, new Set([request.id]))
  }

  /** The requests for one resource of one runner. */
  on(runner: string, resource: string): readonly Request[] {
    const ids = [...(this.#byResource.get(`${runner} ${resource}`) ?? [])]
    return ids.flatMap((id) => this.get(id) ?? [])
  }

  #forget({ id, runner, stated }: Request): void {
    if (!stated) return
    this.#byDigest.delete(stated.digest)
    const place = `${runner} ${stated.resource}`
    const there = this.#byResource.get(place)
    there?.delete(id)
    if (there?.size === 0) this.#byResource.delete(place)
  }

  drop(id: string): void {
    const entry = this.#byId.get(id)
    if (!entry) return
    this.#byId.delete(id)
    this.#forget(entry.request)
    this.release(id)
  }

  /** Everybody who follows a request: who made it, and whose identical words joined it. */
  askers(id: string): readonly Asker[] {
    return this.#byId.get(id)?.askers ?? []
  }

  join(id: string, asker: Asker): void {
    this.#byId.get(id)?.askers.push(asker)
  }

  /** Says things of one request one after the other: nothing overtakes. Resolves when this one is said. */
  talk(id: string, saying: () => Promise<void>): Promise<void> {
    const entry = this.#byId.get(id)
    if (!entry) return saying()
    entry.talk = entry.talk.then(saying)
    return entry.talk
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

  /** Counts a consent that was refused. @returns how many that are */
  refusedConsent(id: string): number {
    const entry = this.#byId.get(id)
    if (!entry) return Number.POSITIVE_INFINITY
    entry.refusedConsents = (entry.refusedConsents ?? 0) + 1
    return entry.refusedConsents
  }

  claimedAt(id: string): number | undefined {
    return this.#byId.get(id)?.claimedAt
  }
}

export const askerOf = ({ conversation, account, message }: Request): Asker => ({ conversation, account, id: message })
