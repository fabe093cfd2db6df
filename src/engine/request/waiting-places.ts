import { type Bound, bound } from '#bounds/bound.ts'
import { conversationKey } from '../receive.ts'
import { whoOf } from '../who.ts'
import type { Request } from './request.ts'

const ofPerson = bound('waiting-requests-of-a-person', {
  most: 20,
  unit: 'requests',
  of: 'commands and questions of one person that wait for somebody',
  say: 'So many commands of yours wait already that I let no other one wait: cancel one, or have it approved.',
})
const ofRoom = bound('waiting-requests-of-a-room', {
  most: 200,
  unit: 'requests',
  of: 'commands and questions of one room that wait for somebody',
  say: 'So many commands wait in this room already that I let no other one wait: have one approved, denied or cancelled.',
})
const ofAll = bound('waiting-requests', {
  most: 5000,
  unit: 'requests',
  of: 'commands and questions that wait for somebody, in all rooms',
  say: 'So many commands wait in the whole company that I let no other one wait: have one approved, denied or cancelled.',
})

/** Who asked, and where: what places are counted by. */
export type Waiter = Pick<Request, 'id' | 'conversation' | 'account' | 'person'>

/** The places of what waits, a person, a room, and in all: whoever asks without end is refused, and nobody else. */
export class WaitingPlaces {
  readonly #held = new Map<string, readonly string[]>()
  readonly #counts = new Map<string, number>()

  /** Takes a place, before anything is stored. @returns the bound that is reached, where there is none */
  take(waiter: Waiter): Bound | undefined {
    if (this.#held.has(waiter.id)) return undefined
    const [person, room] = keysOf(waiter)
    const full = this.#isFull(person, ofPerson) ?? this.#isFull(room, ofRoom) ?? this.#isFull(all, ofAll)
    if (full) full.reached()
    else this.keep(waiter)
    return full
  }

  /** Counts what is stored as waiting already. */
  keep(waiter: Waiter): void {
    if (this.#held.has(waiter.id)) return
    const keys = keysOf(waiter)
    this.#held.set(waiter.id, keys)
    for (const key of keys) this.#counts.set(key, this.#count(key) + 1)
  }

  free(id: string): void {
    const keys = this.#held.get(id) ?? []
    this.#held.delete(id)
    for (const key of keys) {
      const left = this.#count(key) - 1
      if (left > 0) this.#counts.set(key, left)
      else this.#counts.delete(key)
    }
  }

  #count(key: string): number {
    return this.#counts.get(key) ?? 0
  }

  #isFull(key: string, most: Bound): Bound | undefined {
    return this.#count(key) >= most.most ? most : undefined
  }
}

const all = 'all'

const keysOf = (waiter: Waiter): readonly [string, string, string] => {
  const { platform, tenant, room } = waiter.conversation
  const place = JSON.stringify(['room', ...conversationKey({ platform, tenant, room })])
  return [whoOf(waiter, waiter.person), place, all]
}
