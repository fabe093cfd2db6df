import { type Bytes, utf8 } from './bytes.ts'
import { type Json, type JsonObject, readJson } from './json.ts'

export type Fact = string | number | boolean | readonly string[]

/** What is asked, as its bytes say it. */
export type Statement = {
  readonly v: 2
  readonly id: string
  readonly deployment: string
  readonly bundle: number
  readonly runner: string
  readonly command: string
  readonly definition: string
  readonly tier: Tier
  readonly text: string
  readonly resource: {
    readonly type: string
    readonly id: string
    readonly owner?: string
    readonly facts: Readonly<Record<string, Fact>>
  }
  readonly requester?: string
  readonly agent?: string
  readonly via: {
    readonly platform: string
    readonly tenant: string
    readonly account: string
    /** Absent where it was said in none of the company's rooms. */
    readonly room?: string
    readonly message: string
  }
  /** Seconds since 1970. */
  readonly iat: number
  readonly exp: number
}

const tiers = ['open', 'member', 'sensitive', 'dangerous', 'critical'] as const

export type Tier = (typeof tiers)[number]

/**
 * Reads a statement's exact bytes. What is not exactly a statement is not shown at all: half of one could mislead.
 * @throws Error that says what is wrong
 */
export const readStatement = (bytes: Bytes): Statement => {
  if (bytes.length > 8 * 1024) throw new Error('more than 8 KiB')
  const whole = new Fields('the statement', readJson(bytes))
  const resource = new Fields('resource', whole.take('resource'))
  const via = new Fields('via', whole.take('via'))
  const statement: Statement = {
    v: whole.one('v', [2]),
    id: whole.text('id', 32, /^[0-9a-f]{32}$/),
    deployment: whole.text('deployment', 128),
    bundle: whole.integer('bundle', 1),
    runner: whole.text('runner', 128),
    command: whole.text('command', 256),
    definition: whole.text('definition', 64, /^[0-9a-f]{64}$/),
    tier: whole.one('tier', tiers),
    text: whole.text('text', 4096),
    resource: {
      type: resource.text('type', 64, /^[A-Z][A-Za-z0-9]*$/),
      id: resource.text('id', 512),
      ...resource.optional('owner', 128),
      facts: factsOf(resource.take('facts')),
    },
    ...whole.optional('requester', 128),
    ...whole.optional('agent', 128),
    via: {
      platform: via.text('platform', 128),
      tenant: via.text('tenant', 128),
      account: via.text('account', 128),
      ...via.optional('room', 128),
      message: via.text('message', 256),
    },
    iat: whole.integer('iat', 0),
    exp: whole.integer('exp', 0),
  }
  for (const fields of [whole, resource, via]) fields.end()
  return statement
}

const factsOf = (value: Json | undefined): Readonly<Record<string, Fact>> => {
  if (!isObject(value)) throw new Error('facts are missing')
  const facts = Object.entries(value)
  if (facts.length > 32) throw new Error('more than 32 facts')
  for (const [name, fact] of facts) {
    if (!/^[a-z][A-Za-z0-9]{0,63}$/.test(name)) throw new Error(`the fact ${name} has no proper name`)
    if (!isFact(fact)) throw new Error(`the fact ${name} is not flat`)
  }
  if (utf8(JSON.stringify(value)).length > 4096) throw new Error('more than 4 KiB of facts')
  return value as Readonly<Record<string, Fact>>
}

const isFact = (value: Json): value is Fact =>
  Array.isArray(value) ? value.every((item) => typeof item === 'string') : typeof value !== 'object'

const isObject = (value: Json | undefined): value is JsonObject => typeof value === 'object' && !Array.isArray(value)

/** An object's fields, taken one by one: what nobody takes is unknown. */
class Fields {
  readonly #name: string
  readonly #left: Map<string, Json>

  constructor(name: string, value: Json | undefined) {
    if (!isObject(value)) throw new Error(`${name} is no object`)
    this.#name = name
    this.#left = new Map(Object.entries(value))
  }

  take(name: string): Json | undefined {
    const value = this.#left.get(name)
    this.#left.delete(name)
    return value
  }

  text(name: string, most: number, form = /./s): string {
    const value = this.take(name)
    if (typeof value === 'string' && value.length <= most && form.test(value)) return value
    throw new Error(`${this.#name} has no proper ${name}`)
  }

  optional<N extends string>(name: N, most: number): { readonly [K in N]?: string } {
    // The cast: TypeScript widens a computed key to any string.
    return (this.#left.has(name) ? { [name]: this.text(name, most) } : {}) as { readonly [K in N]?: string }
  }

  integer(name: string, least: number): number {
    const value = this.take(name)
    if (typeof value === 'number' && value >= least) return value
    throw new Error(`${this.#name} has no proper ${name}`)
  }

  one<T extends Json>(name: string, values: readonly T[]): T {
    const value = this.take(name)
    const known = values.find((one) => one === value)
    if (known === undefined) throw new Error(`${this.#name} has no proper ${name}`)
    return known
  }

  end(): void {
    const [unknown] = this.#left.keys()
    if (unknown !== undefined) throw new Error(`${this.#name} has an unknown field ${unknown}`)
  }
}
