import { setTimeout as after } from 'node:timers/promises'
import { type Asking, Vendor, VendorError, type VendorOptions, type z } from 'foobot'
import { admitted, failure, type Job, job, resource, roles, server } from './wire.ts'

/** Milliseconds between two looks at work that goes on. */
const pause = 500
/** Looks in a row that may fail before work is given up for lost from sight: each is three tries, so that it is ten seconds. */
const mostMissed = 6
/** What to do where work is lost from sight. */
const goesOn = 'It was begun, and may be done by now: look there before you say it again.'

/** The inventory, as far as these commands need it. Every method throws a sentence for the room. */
export class Inventory {
  readonly #vendor: Vendor

  constructor(at: Pick<VendorOptions, 'baseUrl' | 'timeLimit'>, token: () => string) {
    this.#vendor = new Vendor({
      name: 'the inventory',
      ...at,
      headers: () => ({ authorization: `Bearer ${token()}` }),
      refusal: (body) => failure.safeParse(body).data?.message,
    })
  }

  roles = async (signal: AbortSignal) => (await this.#get(['roles'], roles, { signal })).roles
  server = (name: string, signal: AbortSignal) =>
    this.#get(['servers', name], server, { signal, missing: `There is no server ${name}.` })
  resource = (name: string, signal: AbortSignal) =>
    this.#get(['resources', name], resource, { signal, missing: `There is no resource ${name}.` })

  /** Begins a rebuild, unless the server has another role than `from` by now. */
  async rebuild(
    name: string,
    change: { readonly role: string; readonly from: string },
    signal: AbortSignal,
  ): Promise<Job> {
    const path = pathOf(['servers', name, 'rebuilds'])
    const asking = { body: change, signal, missing: `There is no server ${name} any more.` }
    return (await this.#vendor.ask('POST', path, asking)).json(job)
  }

  async admit(name: string, person: string, signal: AbortSignal): Promise<void> {
    const asking = { body: {}, signal, missing: `There is no resource ${name} any more.` }
    const path = pathOf(['resources', name, 'people', person])
    const answer = await this.#vendor.ask('PUT', path, asking)
    const given = answer.json(admitted)
    if (given.resource !== name || given.person !== person)
      throw new Error(`The inventory took it, and not for ${person} and ${name}: look there at once.`)
  }

  /**
   * Resolves when work is done. It goes on without us: a look that fails in passing is made again.
   * @throws where the inventory says that it failed, or is away for long
   */
  async done(begun: Job, onProgress: (step: string, part: number) => void, signal: AbortSignal): Promise<void> {
    const asking = {
      signal,
      advice: goesOn,
      missing: `The inventory knows nothing of work ${begun.id} any more. ${goesOn}`,
    }
    let [now, missed] = [begun, 0]
    while (now.state === 'running') {
      onProgress(now.step, now.part)
      await after(pause, undefined, { signal })
      try {
        now = await this.#get(['jobs', String(begun.id)], job, asking)
        missed = 0
      } catch (error) {
        missed += 1
        if (missed > mostMissed || !isPassing(error)) throw error
      }
    }
    if (now.state === 'failed') throw new Error(`It failed while ${now.step}: look at it before you say it again.`)
  }

  async #get<T>(path: readonly string[], schema: z.ZodType<T>, asking: Asking): Promise<T> {
    return (await this.#vendor.ask('GET', pathOf(path), asking)).json(schema)
  }
}

const isPassing = (error: unknown): boolean =>
  error instanceof VendorError && ['unreachable', 'late', 'busy', 'broken'].includes(error.kind)

const pathOf = (parts: readonly string[]): string => parts.map((part) => `/${segment(part)}`).join('')

/** A name as one part of a path. Dots alone would lead to another address, however they are written. */
const segment = (name: string): string => {
  if (name === '.' || name === '..') throw new Error(`"${name}" is no name of anything.`)
  return encodeURIComponent(name)
}
