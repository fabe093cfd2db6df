import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { FoobotError } from '#core/errors.ts'

const address = z.object({ url: z.url(), credential: z.string() })

/** What stands on a phone's screen. */
const sheet = z.object({
  wake: z.string(),
  as: z.enum(['requester', 'approver']),
  group: z.exactOptional(z.string()),
  code: z.string(),
  lines: z.array(z.object({ name: z.string(), value: z.string() })),
  life: z.string(),
  asks: z.enum(['number', 'word']),
})

export type PhoneSheet = z.infer<typeof sheet>

const screen = z.object({ sheet: z.exactOptional(sheet) })
const outcome = z.object({ say: z.string(), over: z.boolean(), signed: z.boolean() })

export type PhoneOutcome = z.infer<typeof outcome>

const subscription = z.object({ endpoint: z.url(), p256dh: z.string(), auth: z.string() })

/** One person's phone of the example company, as its owner holds it in the hand. */
export class Phone {
  readonly #person: string
  readonly #url: string
  readonly #credential: string

  private constructor(person: string, { url, credential }: z.infer<typeof address>) {
    this.#person = person
    this.#url = url
    this.#credential = credential
  }

  /** @throws FoobotError `no-phone` where the data folder has none */
  static of(person: string, data: string): Phone {
    const file = join(data, 'sandbox', 'phone', 'address.json')
    if (!existsSync(file)) throw new FoobotError('no-phone', `no ${file}`)
    return new Phone(person, address.parse(JSON.parse(readFileSync(file, 'utf8'))))
  }

  /** Subscribes for pushes of one server. */
  async subscribe(key: string): Promise<z.infer<typeof subscription>> {
    return subscription.parse(await this.#ask('POST', `/subscribe/${this.#person}`, { key }))
  }

  /** What stands on the screen; without anything there, waits a while for it. */
  async screen(): Promise<PhoneSheet | undefined> {
    return screen.parse(await this.#ask('GET', `/screen/${this.#person}`)).sheet
  }

  /** What stands on the screen at this moment. */
  async screenNow(): Promise<PhoneSheet | undefined> {
    return screen.parse(await this.#ask('GET', `/screen/${this.#person}/now`)).sheet
  }

  async answer(wake: string, answer: string): Promise<PhoneOutcome> {
    return outcome.parse(await this.#ask('POST', `/answer/${this.#person}/${wake}`, { answer }))
  }

  async refuse(wake: string): Promise<PhoneOutcome> {
    return outcome.parse(await this.#ask('POST', `/refuse/${this.#person}/${wake}`, {}))
  }

  async #ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const headers = { authorization: `Bearer ${this.#credential}` }
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw new FoobotError('no-phone', `${this.#url}: ${String(error)}`)
    })
    if (response.ok) return response.json()
    throw new FoobotError('no-phone', `${method} ${path}: ${response.status} ${await response.text()}`)
  }
}
