import { Bucket, type Rate } from '#bounds/bucket.ts'
import type { Connection } from './connection.ts'

/** One person's connections, of one client or of several: together they have one rate. */
const mostConnections = 64

type Present = { readonly bucket: Bucket; readonly connections: Set<Connection> }

/** Who is connected now. */
export class People {
  readonly #rate: Rate
  readonly #clock: () => number
  readonly #present = new Map<string, Present>()

  constructor(rate: Rate, clock: () => number) {
    this.#rate = rate
    this.#clock = clock
  }

  /** False where this person has too many already. */
  enter(connection: Connection): boolean {
    const { connections } = this.#of(connection.person)
    if (connections.size >= mostConnections) return false
    connections.add(connection)
    return true
  }

  leave(connection: Connection): void {
    const present = this.#present.get(connection.person)
    present?.connections.delete(connection)
    if (present?.connections.size === 0) this.#present.delete(connection.person)
  }

  /** Counts one frame of this person; gives the milliseconds until the next is welcome. */
  take(person: string): number {
    return this.#of(person).bucket.take()
  }

  connectionsOf(person: string): ReadonlySet<Connection> {
    return this.#present.get(person)?.connections ?? none
  }

  all(): readonly Connection[] {
    return [...this.#present.values()].flatMap(({ connections }) => [...connections])
  }

  #of(person: string): Present {
    const known = this.#present.get(person)
    if (known) return known
    const present = { bucket: new Bucket(this.#rate, this.#clock), connections: new Set<Connection>() }
    this.#present.set(person, present)
    return present
  }
}

const none: ReadonlySet<Connection> = new Set()
