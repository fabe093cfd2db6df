import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import type { Receipt } from '#core/warrant/receipts.ts'
import { bundle, company, definition, facts, now, resource } from '#core/warrant/warrant.fixture.ts'
import { Claims } from '#runner/claims.ts'
import { Orders } from '#runner/orders.ts'
import { redactorOf } from '#runner/redact.ts'
import type { Execute, FromRunner } from '#wire/runner.ts'

/** A runner's acting side with the commands of the fixture's company: counts what it does, and can be started anew. */
export class ActingRunner {
  readonly folder = mkdtempSync(join(tmpdir(), 'acting-'))
  /** Milliseconds: its clock. */
  clock = now * 1000
  runs = 0
  readonly receipts: Receipt[] = []
  readonly said: FromRunner[] = []
  #claims: Claims | undefined
  #orders: Orders | undefined

  /** Starts it, or starts it anew as after a crash. @param at seconds: what its clock says where the claims file is made */
  async start(at = now - 100): Promise<void> {
    await this.#claims?.close()
    const claims = await Claims.open(this.folder, at, () => 'ab'.repeat(16))
    this.#claims = claims
    const run = (): undefined => {
      this.runs += 1
    }
    const commands = company.commands.map(({ manifest }) => {
      const declared = { manifest, inspect: () => resource, run }
      return [manifest.command, { manifest, definition, declared, system: undefined }] as const
    })
    this.#orders = new Orders({
      me: { deployment: 'acme', runner: 'delivery' },
      clock: () => this.clock,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      claims,
      held: { inForce: { bundle, policy: facts.policy } },
      keys: { changes: facts.keyChanges },
      commands: new Map(commands),
      redactor: redactorOf([]),
      send: (message) => this.said.push(message),
      receipt: async (receipt) => {
        this.receipts.push(receipt)
      },
    })
  }

  /** Hands it an order, and waits for the receipt. */
  async execute(...orders: readonly Execute[]): Promise<Receipt | undefined> {
    const before = this.receipts.length
    for (const order of orders) this.#orders?.take(order)
    await vi.waitFor(() => {
      if (this.receipts.length === before) throw new Error('no receipt')
    })
    return this.receipts.at(-1)
  }

  async end(): Promise<void> {
    await this.#claims?.close()
    rmSync(this.folder, { recursive: true })
  }
}
