import { createHash } from 'node:crypto'

/** What stands in a runner's file for one delivery of a webhook. */
export type Heard = { readonly heard: string; readonly until?: number }

/** The deliveries of webhooks that were taken: none is taken twice. */
export class Seen {
  readonly #until = new Map<string, number | undefined>()

  has(heard: string): boolean {
    return this.#until.has(heard)
  }

  add({ heard, until }: Heard): void {
    this.#until.set(heard, until)
  }

  /**
   * What must be remembered still.
   * @param now seconds: what has come to its end by then is refused for its age, and forgotten
   */
  *all(now: number): Iterable<Heard> {
    for (const [heard, until] of this.#until) {
      if (until === undefined || until >= now) yield { heard, ...(until !== undefined && { until }) }
      else this.#until.delete(heard)
    }
  }
}

/** The digest by which a delivery is known: of its path, and of what its vendor has signed. */
export const deliveryDigest = (path: string, signed: Uint8Array): string =>
  createHash('sha256').update(`${path}\n`).update(signed).digest('hex')
