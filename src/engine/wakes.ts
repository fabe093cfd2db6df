import { bound } from '#bounds/bound.ts'
import type { Clock } from '#core/clock.ts'
import { IdIndex } from './request/id-index.ts'

/** Somebody's phone was woken for one statement: what it asks, until it is over. */
export type Wake = {
  /** 32 random hex digits, known to the server and, encrypted, to the phone. */
  readonly secret: string
  readonly person: string
  readonly request: string
  readonly digest: string
  readonly as: 'requester' | 'approver'
  /** What must be typed there: the number beside "Sending push notification…", or the word that approvers say. */
  readonly answer: string
  /** Milliseconds. */
  readonly at: number
  readonly until: number
}

/** Milliseconds that a phone asks for somebody's own command. */
export const ownLife = 120_000
/** Of one person in this many milliseconds, at most so many. */
const window = 600_000
const mostInWindow = 3
/** Milliseconds between two of one person's wakes for others' commands. */
const approverPause = 60_000
const wantedOf = bound('people-woken-for-a-request', {
  most: 64,
  unit: 'people',
  of: 'people whose phones are woken to approve one request',
  say: 'No other phone rings for it; whoever could approve may do so all the same.',
})
const atOnce = bound('wakes-at-once', {
  most: 32,
  unit: 'people',
  of: 'people whose phones are woken in one second to approve',
  say: 'The others are woken in the next seconds.',
})
/** A third wrong answer ends it. */
const mostWrong = 3

/** Whose phones were woken, and for what. It lives in memory: after a restart nothing is outstanding. */
export class Wakes {
  readonly #clock: Clock
  readonly #bySecret = new Map<string, { readonly wake: Wake; wrong: number }>()
  /** The secrets of a request's wakes, and of a person's: none is looked for among all. */
  readonly #of = new IdIndex()
  /** Whose phone was woken for their own commands, and when. */
  readonly #own = new Map<string, readonly number[]>()
  readonly #noticed = new Map<string, number>()
  readonly #approver = new Map<string, number>()
  /** Whom each request wanted woken, once. */
  readonly #wanted = new Map<string, Set<string>>()
  /** Of each of them, the requests that have not woken them yet, oldest first. */
  readonly #waiting = new IdIndex()
  /** Those for whom something waits, in the order of their turns. */
  readonly #turns = new Set<string>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get(secret: string): Wake | undefined {
    const known = this.#bySecret.get(secret)
    if (!known) return undefined
    if (known.wake.until > this.#clock()) return known.wake
    this.close(secret)
    return undefined
  }

  /** The one push that a person's phone asks of them for a command of their own. */
  ownOf(person: string): Wake | undefined {
    for (const secret of this.#of.get(personKey(person))) {
      const wake = this.get(secret)
      if (wake?.as === 'requester') return wake
    }
    return undefined
  }

  /** When a person may be woken for a command of their own again, in milliseconds; undefined where now. */
  pausedUntil(person: string): number | undefined {
    const now = this.#clock()
    const recent = (this.#own.get(person) ?? []).filter((at) => at > now - window)
    this.#own.set(person, recent)
    const [oldest] = recent
    return recent.length < mostInWindow || oldest === undefined ? undefined : oldest + window
  }

  /** Whether a pause is the first that is told of: each is told once. */
  noticed(person: string, until: number): boolean {
    if (this.#noticed.get(person) === until) return false
    this.#noticed.set(person, until)
    return true
  }

  open(wake: Wake): void {
    // What has ended by itself is forgotten with the person's next one, or with its request.
    for (const secret of this.#of.get(personKey(wake.person))) this.get(secret)
    this.#bySecret.set(wake.secret, { wake, wrong: 0 })
    for (const key of keysOf(wake)) this.#of.add(key, wake.secret)
    if (wake.as === 'requester') this.#own.set(wake.person, [...(this.#own.get(wake.person) ?? []), wake.at])
    else this.#approver.set(wake.person, wake.at)
  }

  /** Counts a wrong answer; gives how many more are heard. The last one ends it. */
  wrong(secret: string): number {
    const known = this.#bySecret.get(secret)
    if (!known) return 0
    known.wrong += 1
    const left = mostWrong - known.wrong
    if (left <= 0) this.close(secret)
    return Math.max(0, left)
  }

  close(secret: string): void {
    const known = this.#bySecret.get(secret)
    if (!known) return
    this.#bySecret.delete(secret)
    for (const key of keysOf(known.wake)) this.#of.delete(key, secret)
  }

  /** Wants somebody woken for somebody else's request: once, however often it is wanted. */
  want(request: string, person: string): void {
    const people = this.#wanted.get(request) ?? new Set<string>()
    this.#wanted.set(request, people)
    if (people.has(person)) return
    if (people.size >= wantedOf.most) {
      wantedOf.reached()
      return
    }
    people.add(person)
    this.#waiting.add(person, request)
    this.#turns.add(person)
  }

  /** Those who may be woken now, each for the request that has waited longest; for that one they are never again. */
  due(): readonly { readonly request: string; readonly person: string }[] {
    const rested = this.#clock() - approverPause
    const due: { readonly request: string; readonly person: string }[] = []
    for (const person of [...this.#turns]) {
      if (due.length >= atOnce.most) {
        atOnce.reached()
        break
      }
      const request = this.#waiting.first(person)
      if (request === undefined) this.#turns.delete(person)
      if (request === undefined || (this.#approver.get(person) ?? Number.NEGATIVE_INFINITY) > rested) continue
      due.push({ request, person })
      this.#waiting.delete(person, request)
      // Behind all others, so that each has their turn.
      this.#turns.delete(person)
      if (this.#waiting.has(person)) this.#turns.add(person)
    }
    return due
  }

  /** A request does not wait any more: nobody is woken for it, and no phone asks about it. */
  forget(request: string): void {
    for (const person of this.#wanted.get(request) ?? []) this.#waiting.delete(person, request)
    this.#wanted.delete(request)
    for (const secret of this.#of.get(requestKey(request))) this.close(secret)
  }

  /** None of a person's phones asks any more. */
  forgetPerson(person: string): void {
    for (const secret of this.#of.get(personKey(person))) this.close(secret)
  }
}

const personKey = (person: string): string => JSON.stringify(['person', person])
const requestKey = (request: string): string => JSON.stringify(['request', request])
const keysOf = ({ person, request }: Wake): readonly string[] => [personKey(person), requestKey(request)]
