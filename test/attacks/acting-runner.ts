import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import { handOver } from '#client/hand-over.ts'
import type { Bundle, Company } from '#core/bundle/company.ts'
import type { RunCall } from '#core/command/plugin.ts'
import { policyOf } from '#core/policy/decide.ts'
import type { Envelope } from '#core/statement/fields.ts'
import type { Resource } from '#core/statement/statement.ts'
import type { Receipt } from '#core/warrant/receipts.ts'
import { bundle, definition, now, resourceOf } from '#core/warrant/warrant.fixture.ts'
import { Claims } from '#runner/claims.ts'
import { HandedOver } from '#runner/handed-over.ts'
import { HeldKeys } from '#runner/held-keys.ts'
import { Inbox } from '#runner/inbox.ts'
import { Orders } from '#runner/orders.ts'
import { redactorOf } from '#runner/redact.ts'
import { Time } from '#runner/time.ts'
import type { InboxAnswer } from '#wire/inbox.ts'
import type { Execute, FromRunner } from '#wire/runner.ts'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** A runner's acting side with the commands of the fixture's company: counts what it does, and can be started anew. */
export class ActingRunner {
  readonly folder = mkdtempSync(join(tmpdir(), 'acting-'))
  /** Milliseconds: its clock. */
  clock = now * 1000
  /** Milliseconds: what passes beside the clock. It follows the clock, unless a test lets the two part. */
  monotonic = (): number => this.clock
  runs = 0
  /** What it sees where a command acts. */
  inspect: (command: string) => Resource | Promise<Resource> = resourceOf
  readonly receipts: Receipt[] = []
  readonly said: FromRunner[] = []
  /** Told of what it says, and of each receipt, as it comes. */
  says: (message: FromRunner) => void = () => undefined
  signs: (receipt: Receipt) => void = () => undefined
  /** What a handler waits for. */
  work: () => Promise<void> = async () => undefined
  /** The codes of what its handlers ran, in order. */
  readonly ran: string[] = []
  #bundle: Bundle
  #claims: Claims | undefined
  #time: Time | undefined
  #orders: Orders | undefined
  #handed: HandedOver | undefined
  #inbox: Inbox | undefined

  /**
   * @param change what its bundle says otherwise than the fixture's
   * @param of another bundle than the fixture's
   */
  constructor(change: Partial<Company> = {}, of: Bundle = bundle) {
    this.#bundle = { ...of, company: { ...of.company, ...change } }
  }

  get claims(): Claims {
    if (!this.#claims) throw new Error('it is not started')
    return this.#claims
  }

  get orders(): Orders {
    if (!this.#orders) throw new Error('it is not started')
    return this.#orders
  }

  /** Starts it, or starts it anew as after a crash. @param at seconds: what its clock says where the claims file is made */
  async start(at = now - 100): Promise<void> {
    await this.#stop()
    const claims = await Claims.open(this.folder, at, () => 'ab'.repeat(16))
    this.#claims = claims
    const time = new Time({ wall: () => this.clock, monotonic: () => this.monotonic() }, claims, log)
    this.#time = time
    const run = async ({ code }: RunCall): Promise<undefined> => {
      this.runs += 1
      this.ran.push(code)
      await this.work()
    }
    const commands = this.#bundle.company.commands.map(({ manifest }) => {
      const declared = { manifest, inspect: () => this.inspect(manifest.command), run }
      return [manifest.command, { manifest, definition, declared, system: undefined }] as const
    })
    const held = { inForce: { bundle: this.#bundle, policy: policyOf(this.#bundle) }, take: () => this.#bundle }
    const keys = new HeldKeys(claims)
    const clock = (): number => this.clock
    const send = (message: FromRunner): void => {
      this.said.push(message)
      this.says(message)
    }
    this.#handed = new HandedOver({
      clock,
      log,
      held,
      keys,
      taken: async () => undefined,
      send,
      broken: () => undefined,
      problem: sentenceOf,
    })
    const handed = this.#handed
    this.#inbox = new Inbox({ folder: this.folder, log, take: (what) => handed.take(what) })
    this.#orders = new Orders({
      me: { deployment: 'acme', runner: 'delivery' },
      clock,
      clockWrong: () => time.wrong(),
      log,
      claims,
      held,
      keys,
      commands: new Map(commands),
      redactor: redactorOf([]),
      send,
      keepPaper: () => undefined,
      receipt: async (receipt) => {
        this.receipts.push(receipt)
        this.signs(receipt)
      },
    })
  }

  /** Its server sends it a key change. @returns why it is refused; undefined where it is kept */
  async hear(envelope: Envelope): Promise<string | undefined> {
    await this.#handed?.keyChange(envelope)
    const last = this.said.at(-1)
    return last?.type === 'key-change' ? last.refused : 'it was not answered'
  }

  /** Somebody on its machine hands it a key change, past the server. */
  accept(envelope: Envelope): Promise<InboxAnswer | undefined> {
    return handOver(this.folder, envelope, 5000)
  }

  /** Hands it an order, and waits for the receipt. */
  async execute(...orders: readonly Execute[]): Promise<Receipt | undefined> {
    const before = this.receipts.length
    this.#time?.look() // as it does each second
    for (const order of orders) this.#orders?.take(order)
    const received = (): void => expect(this.receipts.length, 'no receipt').toBeGreaterThan(before)
    await vi.waitFor(received, { interval: 2, timeout: 5000 })
    return this.receipts.at(-1)
  }

  async end(): Promise<void> {
    await this.#stop()
    rmSync(this.folder, { recursive: true })
  }

  async #stop(): Promise<void> {
    await this.#inbox?.stop()
    await this.#claims?.close()
  }
}

const sentenceOf = (error: unknown): string =>
  error instanceof Error && 'say' in error ? String(error.say) : String(error)
