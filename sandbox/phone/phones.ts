import { createECDH, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decryptPush } from './decrypt.ts'
import { answerWake, type Letter, type Outcome, type Owner, openWake, refuseWake, type Sheet } from './wake.ts'

/** What the server is told of a phone, as a browser's `PushSubscription`. */
export type Subscription = { readonly path: string; readonly p256dh: string; readonly auth: string }

/** What one phone keeps. */
type Kept = { readonly id: string; readonly privateKey: string; readonly auth: string; readonly sender: string }

/** Pushes that one phone holds at once. */
const most = 16

/** Everybody's phone: a passkey each, made with the example company, and what was pushed. */
export class Phones {
  readonly #folder: string
  readonly #desk: string
  readonly #letters = new Map<string, Letter[]>()
  readonly #waiting = new Set<() => void>()

  /** @param folder holds `phone.json`, which names the desk, and a file for each person */
  constructor(folder: string) {
    this.#folder = folder
    this.#desk = JSON.parse(readFileSync(join(folder, 'phone.json'), 'utf8')).desk
  }

  has(person: string): boolean {
    return /^[a-z0-9-]{1,64}$/.test(person) && existsSync(this.#file(person, 'passkey'))
  }

  /** Subscribes a phone for one sender; the same again, where it has done so before. */
  subscribe(person: string, sender: string): Subscription {
    const known = this.#kept(person)
    const kept = known?.sender === sender ? known : this.#make(person, sender)
    const ecdh = createECDH('prime256v1')
    ecdh.setPrivateKey(Buffer.from(kept.privateKey, 'base64url'))
    return { path: `/push/${person}/${kept.id}`, p256dh: ecdh.getPublicKey('base64url'), auth: kept.auth }
  }

  /** Who may push to a subscription; undefined where it is none of a phone's. */
  senderOf(person: string, id: string): string | undefined {
    const kept = this.has(person) ? this.#kept(person) : undefined
    return kept?.id === id ? kept.sender : undefined
  }

  /** @throws Error where it is not for this phone */
  push(person: string, body: Buffer): void {
    const kept = this.#kept(person)
    if (!kept) throw new Error('this phone has no subscription')
    const secrets = { privateKey: Buffer.from(kept.privateKey, 'base64url'), auth: Buffer.from(kept.auth, 'base64url') }
    const { v, server, wake } = JSON.parse(decryptPush(body, secrets))
    if (v !== 1 || !/^http:\/\/(localhost|127\.0\.0\.1):\d+$/.test(server))
      throw new Error('no letter of a server here')
    this.#letters.set(person, [...this.#of(person), { server, wake }].slice(-most))
    for (const wakeUp of this.#waiting) wakeUp()
  }

  /** What stands on the screen: the oldest push that is not over. Waits for one, up to so many milliseconds. */
  async screen(person: string, patience: number): Promise<Sheet | undefined> {
    const until = Date.now() + patience
    for (;;) {
      for (const letter of this.#of(person)) {
        const sheet = await openWake(letter, this.#owner(person))
        if (sheet) return sheet
        this.#drop(person, letter.wake)
      }
      const left = until - Date.now()
      if (left <= 0) return undefined
      await this.#another(left)
    }
  }

  answer(person: string, wake: string, answer: string): Promise<Outcome> {
    return this.#deal(person, wake, (letter) => answerWake(letter, answer, this.#owner(person)))
  }

  refuse(person: string, wake: string): Promise<Outcome> {
    return this.#deal(person, wake, refuseWake)
  }

  async #deal(person: string, wake: string, how: (letter: Letter) => Promise<Outcome>): Promise<Outcome> {
    const letter = this.#of(person).find((one) => one.wake === wake)
    if (!letter) return { say: 'There is nothing to answer any more. Nothing was signed.', over: true, signed: false }
    const outcome = await how(letter)
    if (outcome.over) this.#drop(person, wake)
    return outcome
  }

  #another(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(done)
        resolve()
      }
      const timer = setTimeout(done, milliseconds)
      this.#waiting.add(done)
    })
  }

  #of(person: string): readonly Letter[] {
    return this.#letters.get(person) ?? []
  }

  #drop(person: string, wake: string): void {
    this.#letters.set(
      person,
      this.#of(person).filter((one) => one.wake !== wake),
    )
  }

  #owner(person: string): Owner {
    return { person, passkey: readFileSync(this.#file(person, 'passkey'), 'utf8').trim(), desk: this.#desk }
  }

  #kept(person: string): Kept | undefined {
    const file = this.#file(person, 'subscription')
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
  }

  #make(person: string, sender: string): Kept {
    const ecdh = createECDH('prime256v1')
    ecdh.generateKeys()
    const kept: Kept = {
      id: randomBytes(16).toString('hex'),
      privateKey: ecdh.getPrivateKey('base64url'),
      auth: randomBytes(16).toString('base64url'),
      sender,
    }
    const file = this.#file(person, 'subscription')
    writeFileSync(`${file}.new`, JSON.stringify(kept), { mode: 0o600 })
    renameSync(`${file}.new`, file)
    return kept
  }

  #file(person: string, what: 'passkey' | 'subscription'): string {
    return join(this.#folder, `${person}.${what}`)
  }
}
