import type { Clock } from '#core/clock.ts'

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
/** A third wrong answer ends it. */
const mostWrong = 3

/** Whose phones were woken, and for what. It lives in memory: after a restart nothing is outstanding. */
export class Wakes {
  readonly #clock: Clock
  readonly #bySecret = new Map<string, { readonly wake: Wake; wrong: number }>()
  /** Whose phone was woken for their own commands, and when. */
  readonly #own = new Map<string, readonly number[]>()
  readonly #noticed = new Map<string, number>()
  readonly #approver = new Map<string, number>()
  /** Whom each request wants woken, and whether that has happened. */
  readonly #wanted = new Map<string, Map<string, 'wanted' | 'woken'>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get(secret: string): Wake | undefined {
    const known = this.#bySecret.get(secret)
    if (!known) return undefined
    if (known.wake.until > this.#clock()) return known.wake
    this.#bySecret.delete(secret)
    return undefined
  }

  /** The one push that a person's phone asks of them for a command of their own. */
  ownOf(person: string): Wake | undefined {
    for (const { wake } of this.#bySecret.values()) {
      if (wake.person === person && wake.as === 'requester' && this.get(wake.secret)) return wake
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
    for (const secret of [...this.#bySecret.keys()]) this.get(secret)
    this.#bySecret.set(wake.secret, { wake, wrong: 0 })
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
    this.#bySecret.delete(secret)
  }

  /** Wants somebody woken for somebody else's request: once, however often it is wanted. */
  want(request: string, person: string): void {
    const people = this.#wanted.get(request) ?? new Map<string, 'wanted' | 'woken'>()
    this.#wanted.set(request, people)
    if (!people.has(person)) people.set(person, 'wanted')
  }

  /** Those who may be woken now, each for the request that has waited longest; for that one they are never again. */
  due(): readonly { readonly request: string; readonly person: string }[] {
    const rested = this.#clock() - approverPause
    const due = new Map<string, string>()
    for (const [request, people] of this.#wanted) {
      for (const [person, state] of people) {
        const last = this.#approver.get(person)
        if (state === 'woken' || due.has(person) || (last !== undefined && last > rested)) continue
        people.set(person, 'woken')
        due.set(person, request)
      }
    }
    return [...due].map(([person, request]) => ({ person, request }))
  }

  /** A request does not wait any more: nobody is woken for it, and no phone asks about it. */
  forget(request: string): void {
    this.#wanted.delete(request)
    for (const { wake } of [...this.#bySecret.values()]) if (wake.request === request) this.close(wake.secret)
  }

  /** None of a person's phones asks any more. */
  forgetPerson(person: string): void {
    for (const { wake } of [...this.#bySecret.values()]) if (wake.person === person) this.close(wake.secret)
  }
}
