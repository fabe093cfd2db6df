import { bound } from '#bounds/bound.ts'
import type { Clock } from '#core/clock.ts'
import type { Message } from './platform.ts'
import type { LinkedAccount } from './store.ts'

export const linkedOf = bound('linked-accounts-of-a-person', {
  most: 32,
  unit: 'accounts',
  of: 'chat accounts that one person has linked to themselves',
  say: 'You have linked so many accounts already that no other is taken: ask an administrator.',
})

type Place = Pick<Message, 'conversation' | 'account'>

/** Milliseconds in which an account may say the code that links it. */
const life = 5 * 60_000

/** The chat accounts that people have linked to themselves, beside those that the bundle names. */
export class Accounts {
  readonly #clock: Clock
  readonly #known = new Map<string, LinkedAccount>()
  /** Codes that were shown: whose, and until when. One a person. */
  readonly #offers = new Map<string, { readonly code: string; readonly until: number }>()
  readonly #byCode = new Map<string, string>()
  #version = 0

  /** @param known those of the store */
  constructor(clock: Clock, known: readonly LinkedAccount[]) {
    this.#clock = clock
    for (const account of known) this.put(account)
  }

  /** Rises with each change. */
  get version(): number {
    return this.#version
  }

  of({ conversation, account }: Place): LinkedAccount | undefined {
    return this.#known.get(key(conversation.platform, account.tenant, account.id))
  }

  /** Whether a person may link one more. */
  mayLink(person: string): boolean {
    const count = [...this.#known.values()].filter((account) => account.person === person).length
    if (count >= linkedOf.most) linkedOf.reached()
    return count < linkedOf.most
  }

  put(account: LinkedAccount): void {
    this.#version += 1
    this.#known.set(key(account.platform, account.tenant, account.id), account)
  }

  /** Nothing is linked to a person any more, and no code of theirs links anything. */
  forget(person: string): void {
    this.#version += 1
    for (const [key, account] of [...this.#known]) if (account.person === person) this.#known.delete(key)
    this.#withdraw(person)
  }

  /** From now on this code links the account that says it: once, and not for long. An earlier one is void. */
  offer(person: string, code: string): void {
    this.#withdraw(person)
    this.#byCode.set(code, person)
    this.#offers.set(person, { code, until: this.#clock() + life })
  }

  /** Whose code it is; it is none any more. */
  redeem(code: string): string | undefined {
    const person = this.#byCode.get(code.toUpperCase())
    if (person === undefined) return undefined
    const until = this.#offers.get(person)?.until ?? 0
    this.#withdraw(person)
    return until > this.#clock() ? person : undefined
  }

  #withdraw(person: string): void {
    this.#byCode.delete(this.#offers.get(person)?.code ?? '')
    this.#offers.delete(person)
  }
}

const key = (...parts: readonly string[]): string => JSON.stringify(parts)
