import type { Asked } from '../route.ts'

/** The address that may be asked once a minute; others as often as the limit says. */
const rare = '/api-public/v1/oncall/current'
const minute = 60_000

/** Counts requests to each address by the minute. */
export class Minutes {
  readonly #limit: number
  readonly #taken = new Map<string, number[]>()

  /** @param limit 0 counts none */
  constructor(limit: number) {
    this.#limit = limit
  }

  take({ method, path }: Asked, now: number): boolean {
    if (this.#limit === 0) return true
    const key = `${method} ${path}`
    const recent = (this.#taken.get(key) ?? []).filter((at) => at > now - minute)
    const allowed = recent.length < (path === rare ? 1 : this.#limit)
    this.#taken.set(key, allowed ? [...recent, now] : recent)
    return allowed
  }
}
