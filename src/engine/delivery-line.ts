import { bound } from '#bounds/bound.ts'
import { Bucket } from '#bounds/bucket.ts'
import type { Clock } from '#core/clock.ts'
import { FairQueue, type Queued } from './fair-queue.ts'

const later = 'It is answered 429: the system tries again later.'
const turn = 'It waits for its turn.'

const asked = bound('webhook-asked', {
  most: 64,
  unit: 'deliveries',
  of: 'deliveries that one runner is asked about at a time',
  say: turn,
})
const askedBytes = bound('webhook-asked-bytes', {
  most: 4 * 1024 * 1024,
  unit: 'bytes',
  of: 'deliveries that one runner is asked about at a time, together',
  say: turn,
})
const askedOfStrangers = bound('webhook-asked-of-strangers', {
  most: 48,
  unit: 'deliveries',
  of: 'deliveries that one runner is asked about at a time, of sources that were not genuine lately',
  say: turn,
})
const askedOfSource = bound('webhook-asked-of-a-source', {
  most: 8,
  unit: 'deliveries',
  of: 'deliveries of one source that a runner is asked about at a time',
  say: turn,
})
const bytesOfStrangers = bound('webhook-bytes-of-strangers', {
  most: 16 * 1024 * 1024,
  unit: 'bytes',
  perSecond: 8 * 1024 * 1024,
  of: 'deliveries that one runner is asked about, of sources that were not genuine lately, with 1 KiB for each',
  say: turn,
})
const waitingOfSource = bound('webhook-waiting-of-a-source', {
  most: 32,
  unit: 'deliveries',
  of: 'deliveries of one source that wait for one runner',
  say: later,
})
const waitingAll = bound('webhook-waiting', {
  most: 2048,
  unit: 'deliveries',
  of: 'deliveries that wait for one runner',
  say: 'The last one of the source that has most waiting is answered 429; where each has one, the newcomer.',
})
const waitingBytes = bound('webhook-waiting-bytes', {
  most: 32 * 1024 * 1024,
  unit: 'bytes',
  of: 'deliveries that wait for one runner, together',
  say: 'The last one of the source that has most waiting is answered 429; where each has one, the newcomer.',
})
const patience = bound('webhook-waiting-time', {
  most: 4000,
  unit: 'milliseconds',
  of: 'the time that a delivery waits before its runner is asked',
  say: later,
})

/** What each costs a runner beside its bytes, in bytes. */
const overhead = 1024

export type Delivered = Queued & {
  /** Its source has proven itself lately: it is served before all that have not. */
  readonly known: boolean
}

type Waiting<T> = Delivered & {
  readonly at: number
  readonly ask: () => Promise<T>
  readonly resolve: (answer: T | Promise<T>) => void
}

/**
 * The line of deliveries for one runner. Who posts is nobody until the runner has looked: so places are shared by source, those
 * that were genuine lately come first and always find a place, and what strangers may have looked at is bounded in bytes.
 */
export class DeliveryLine<T> {
  readonly #clock: Clock
  readonly #busy: T
  readonly #known = new FairQueue<Waiting<T>>()
  readonly #strangers = new FairQueue<Waiting<T>>()
  readonly #spent: Bucket
  readonly #asked = new Set<Waiting<T>>()
  readonly #askedOf = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined

  /** @param busy what is answered where there is no place */
  constructor(clock: Clock, busy: T) {
    this.#clock = clock
    this.#busy = busy
    this.#spent = new Bucket({ most: bytesOfStrangers.most, perSecond: bytesOfStrangers.perSecond ?? 0 }, clock)
  }

  /** Asks when it is this delivery's turn. Always resolves, where `ask` does. */
  wait(delivery: Delivered, ask: () => Promise<T>): Promise<T> {
    const queue = delivery.known ? this.#known : this.#strangers
    if (queue.of(delivery.source).length >= waitingOfSource.most) {
      waitingOfSource.reached()
      return Promise.resolve(this.#busy)
    }
    if (!this.#makeRoom(queue, delivery)) return Promise.resolve(this.#busy)
    return new Promise((resolve) => {
      queue.push({ ...delivery, at: this.#clock(), ask, resolve })
      this.#pump()
    })
  }

  /** Where too much waits, whoever has most waiting gives way; strangers first. */
  #makeRoom(queue: FairQueue<Waiting<T>>, { source, known, bytes }: Delivered): boolean {
    const full = (): typeof waitingAll | undefined => {
      if (this.#known.count + this.#strangers.count >= waitingAll.most) return waitingAll
      return this.#known.bytes + this.#strangers.bytes + bytes > waitingBytes.most ? waitingBytes : undefined
    }
    for (let reached = full(); reached; reached = full()) {
      reached.reached()
      const isFirst = queue.of(source).length === 0
      const leaving = isFirst || known ? (this.#strangers.ofLargest() ?? this.#known.ofLargest()) : undefined
      if (!leaving) return false
      leaving.resolve(this.#busy)
    }
    return true
  }

  #pump(): void {
    for (let next = this.#next(); next; next = this.#next()) {
      if (!this.#isLate(next)) this.#ask(next)
      else {
        patience.reached()
        next.resolve(this.#busy)
      }
    }
  }

  #isLate({ at }: Waiting<T>): boolean {
    return this.#clock() - at > patience.most
  }

  #next(): Waiting<T> | undefined {
    if (this.#asked.size >= asked.most) return undefined
    const bytes = sum(this.#asked)
    const fits = (one: Waiting<T>): boolean =>
      (this.#askedOf.get(one.source) ?? 0) < askedOfSource.most && bytes + one.bytes <= askedBytes.most
    return this.#known.next(fits) ?? this.#nextStranger(fits)
  }

  #nextStranger(fits: (one: Waiting<T>) => boolean): Waiting<T> | undefined {
    if ([...this.#asked].filter(({ known }) => !known).length >= askedOfStrangers.most) return undefined
    if (!this.#spent.tryTake(0)) return this.#pumpLater()
    const next = this.#strangers.next(fits)
    if (next && !this.#isLate(next)) this.#spent.take(next.bytes + overhead)
    return next
  }

  #pumpLater(): undefined {
    bytesOfStrangers.reached()
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#pump()
    }, 50)
  }

  #ask(one: Waiting<T>): void {
    this.#asked.add(one)
    this.#askedOf.set(one.source, (this.#askedOf.get(one.source) ?? 0) + 1)
    const answer = one.ask()
    one.resolve(answer)
    const done = (): void => this.#answered(one)
    answer.then(done, done)
  }

  #answered(one: Waiting<T>): void {
    this.#asked.delete(one)
    const left = (this.#askedOf.get(one.source) ?? 0) - 1
    if (left > 0) this.#askedOf.set(one.source, left)
    else this.#askedOf.delete(one.source)
    this.#pump()
  }
}

const sum = (asked: Iterable<Queued>): number => {
  let bytes = 0
  for (const one of asked) bytes += one.bytes
  return bytes
}
