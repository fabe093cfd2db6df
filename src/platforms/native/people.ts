import { type Bound, bound } from '#bounds/bound.ts'
import type { Bucket, Rate } from '#bounds/bucket.ts'
import { Buckets } from '#bounds/buckets.ts'
import { type Place, Places } from '#bounds/places.ts'
import { placeTaken } from '#wire/native.ts'
import { Connection, type Session } from './connection.ts'
import type { PersonUnread } from './unread.ts'

const connectionsOfKey = bound('native-connections-key', {
  most: 32,
  unit: 'connections',
  of: 'the connections of a person that signed in with one key',
  say: 'Another client that signed in with the same key took this one’s place. Close those that you do not need; if they are not yours, remove that key.',
})
const connectionsOfPerson = bound('native-connections', {
  most: 64,
  unit: 'connections',
  of: 'the connections of a person',
  say: 'The oldest of the key that holds most gives its place to the new one, and is told.',
})
const frameRate = { most: 40, perSecond: 20 }
const frames = bound('native-frames', {
  ...frameRate,
  unit: 'frames',
  of: 'the frames of all clients of a person',
  say: 'What comes beyond waits until it is due; nothing of it is lost.',
})
const byteRate = { most: 1024 * 1024, perSecond: 64 * 1024 }
const bytes = bound('native-bytes', {
  ...byteRate,
  unit: 'bytes',
  of: 'the frames of all clients of a person',
  say: 'What comes beyond waits until it is due; nothing of it is lost.',
})
const pageRate = { most: 32, perSecond: 4 }
const pages = bound('native-pages', {
  ...pageRate,
  unit: 'pages',
  of: 'the history that all clients of a person read',
  say: 'The next page waits until it is due.',
})
/** Milliseconds after which it is looked at anew whether somebody must still wait. */
const longestRest = 60_000

/** Rates in the place of the declared ones. */
export type Rates = { readonly frames?: Rate | undefined; readonly bytes?: Rate | undefined }

type Present = { readonly connections: Map<Connection, Place>; readonly places: Places; readonly unread: PersonUnread }

/** Who is connected now, and how much each person may have: counted by person, and kept when their last client has left. */
export class People {
  readonly #clock: () => number
  readonly #frames: Buckets
  readonly #bytes: Buckets
  readonly #pages: Buckets
  readonly #present = new Map<string, Present>()

  /** @param clock milliseconds */
  constructor(rates: Rates, clock: () => number) {
    this.#clock = clock
    this.#frames = new Buckets(rates.frames ?? frameRate, clock)
    this.#bytes = new Buckets(rates.bytes ?? byteRate, clock)
    this.#pages = new Buckets(pageRate, clock)
  }

  /**
   * Everybody comes in. Where there are too many already, the oldest that signed in with the same key gives way: whoever has
   * stolen one key ends connections of that key alone, and cannot keep its owner out either.
   */
  enter(session: Session): Connection {
    const { connections, places, unread } = this.#of(session.person)
    const connection = new Connection(session, unread, this.#clock)
    const place = places.take(session.key, () => connection.cut(placeTaken, connectionsOfKey.say))
    connections.set(connection, place)
    return connection
  }

  leave(connection: Connection): void {
    const { connections } = this.#of(connection.person)
    connections.get(connection)?.free()
    connections.delete(connection)
    if (connections.size === 0) this.#present.delete(connection.person)
  }

  /** Resolves when this client may be heard, or is gone; counts a frame of so many bytes. */
  async turn(connection: Connection, size: number): Promise<void> {
    const { person } = connection
    await due(connection, [
      { bucket: this.#frames.of(person), cost: 1, bound: frames },
      { bucket: this.#bytes.of(person), cost: size, bound: bytes },
    ])
  }

  /** The same for a page of history. */
  async turnToRead(connection: Connection): Promise<void> {
    await due(connection, [{ bucket: this.#pages.of(connection.person), cost: 1, bound: pages }])
  }

  connectionsOf(person: string): Iterable<Connection> {
    return this.#present.get(person)?.connections.keys() ?? []
  }

  all(): readonly Connection[] {
    return [...this.#present.values()].flatMap(({ connections }) => [...connections.keys()])
  }

  #of(person: string): Present {
    const known = this.#present.get(person)
    if (known) return known
    const present = {
      connections: new Map<Connection, Place>(),
      places: new Places(connectionsOfKey, connectionsOfPerson),
      unread: { bytes: 0 },
    }
    this.#present.set(person, present)
    return present
  }
}

type Due = { readonly bucket: Bucket; readonly cost: number; readonly bound: Bound }

/** What was overdrawn is waited for first, whichever connection overdrew it. */
const due = async (connection: Connection, counted: readonly Due[]): Promise<void> => {
  for (;;) {
    const wait = Math.max(...counted.map(({ bucket }) => bucket.take(0)))
    if (wait === 0 || !connection.isOpen()) break
    for (const { bucket, bound } of counted) if (bucket.take(0) > 0) bound.reached()
    await connection.rest(Math.min(wait, longestRest))
  }
  for (const { bucket, cost } of counted) bucket.take(cost)
}
