import { setTimeout as after } from 'node:timers/promises'
import type { Secret, z } from 'foobot'
import { admitted, failure, type Job, job, resource, roles, server } from './wire.ts'

/** Milliseconds between two looks at work that goes on. */
const pause = 500
/** Looks in a row that may fail before work is given up for lost from sight. */
const mostMissed = 20

/** The inventory could not be reached: nobody knows what it did. */
class Unreachable extends Error {}

/** The inventory, as far as these commands need it. Every method throws a sentence for the room. */
export class Inventory {
  readonly #baseUrl: string
  readonly #token: Secret

  constructor(baseUrl: string, token: Secret) {
    this.#baseUrl = baseUrl.replace(/\/$/, '')
    this.#token = token
  }

  roles = async (signal: AbortSignal) => (await this.#get(['roles'], roles, signal)).roles
  server = (name: string, signal: AbortSignal) => this.#get(['servers', name], server, signal)
  resource = (name: string, signal: AbortSignal) => this.#get(['resources', name], resource, signal)

  /** Begins a rebuild, unless the server has another role than `from` by now. */
  rebuild(name: string, change: { readonly role: string; readonly from: string }, signal: AbortSignal): Promise<Job> {
    return this.#ask('POST', ['servers', name, 'rebuilds'], job, signal, change)
  }

  async admit(name: string, person: string, signal: AbortSignal): Promise<void> {
    await this.#ask('PUT', ['resources', name, 'people', person], admitted, signal, {})
  }

  /**
   * Resolves when work is done. It goes on without us: a look that fails is made again.
   * @throws where the inventory says that it failed, or is away for long
   */
  async done(begun: Job, onProgress: (step: string, part: number) => void, signal: AbortSignal): Promise<void> {
    let [now, missed] = [begun, 0]
    while (now.state === 'running') {
      onProgress(now.step, now.part)
      await after(pause, undefined, { signal })
      try {
        now = await this.#get(['jobs', String(begun.id)], job, signal)
        missed = 0
      } catch (error) {
        missed += 1
        if (!(error instanceof Unreachable) || missed > mostMissed) throw error
      }
    }
    if (now.state === 'failed') throw new Error(`It failed while ${now.step}: look at it before you say it again.`)
  }

  #get<T>(path: readonly string[], schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    return this.#ask('GET', path, schema, signal)
  }

  async #ask<T>(
    method: string,
    path: readonly string[],
    schema: z.ZodType<T>,
    signal: AbortSignal,
    body?: unknown,
  ): Promise<T> {
    const headers = { authorization: `Bearer ${this.#token.reveal()}`, 'content-type': 'application/json' }
    const content = body === undefined ? {} : { body: JSON.stringify(body) }
    const url = `${this.#baseUrl}/${path.map(segment).join('/')}`
    // Followed, a redirect could carry the token elsewhere.
    const response = await fetch(url, { method, headers, redirect: 'error', signal, ...content }).catch((error) => {
      signal.throwIfAborted()
      const unsure = method === 'GET' ? '' : ' It may have begun or not: look before you say it again.'
      throw new Unreachable(`I cannot reach the inventory.${unsure}`, { cause: error })
    })
    const said: unknown = await response.json().catch(() => undefined)
    if (response.ok) {
      const answer = schema.safeParse(said)
      if (answer.success) return answer.data
      throw new Error('The inventory answered in a form that I do not know: look there before you say it again.')
    }
    if (response.status === 401) throw new Error('The inventory does not take my token: tell an administrator.')
    const refused = failure.safeParse(said)
    throw new Error(refused.success ? refused.data.message : `The inventory fails (${response.status}).`)
  }
}

/** A name as one part of a path. Dots alone would lead to another address, however they are written. */
const segment = (name: string): string => {
  if (name === '.' || name === '..') throw new Error(`"${name}" is no name of anything.`)
  return encodeURIComponent(name)
}
