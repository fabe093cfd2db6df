/** Lets go of what was taken; a second call does nothing. */
export type Release = () => void

/** Who holds which resource for itself: one at a time, in the order of asking. */
export class LockTable {
  readonly #queues = new Map<string, (() => void)[]>()

  /**
   * Resolves once the resource is free for the one who asks.
   * @returns undefined where `signal` aborted first
   */
  take(resource: string, signal: AbortSignal): Promise<Release | undefined> {
    const queue = this.#queues.get(resource)
    if (!queue) {
      this.#queues.set(resource, [])
      return Promise.resolve(this.#releaseOf(resource))
    }
    return new Promise((resolve) => {
      const next = (): void => {
        signal.removeEventListener('abort', leave)
        resolve(this.#releaseOf(resource))
      }
      const leave = (): void => {
        queue.splice(queue.indexOf(next), 1)
        resolve(undefined)
      }
      if (signal.aborted) return resolve(undefined)
      queue.push(next)
      signal.addEventListener('abort', leave, { once: true })
    })
  }

  #releaseOf(resource: string): Release {
    let held = true
    return () => {
      if (!held) return
      held = false
      const next = this.#queues.get(resource)?.shift()
      if (next) next()
      else this.#queues.delete(resource)
    }
  }
}
