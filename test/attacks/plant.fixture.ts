import { expect, vi } from 'vitest'
import type { Bundle } from '#core/bundle/company.ts'
import type { Consent } from '#core/consent/consent.ts'
import { type Resource, statementKind } from '#core/statement/statement.ts'
import type { Request, Stated } from '#engine/request/request.ts'
import type { Execute } from '#wire/runner.ts'
import { type Bench, bundleOf, consentOf, makeBench, type Runner, statementOf } from '../contract/engine.harness.ts'
import { ActingRunner } from './acting-runner.ts'

export type Waits = Request & { readonly stated: Stated }

/**
 * The engine on its real store, and linked with it a runner that really checks, claims and runs: all that lies between
 * what is said and what is done, with a clock that the test moves.
 */
export class Plant {
  bench: Bench
  runner: ActingRunner
  link: Runner | undefined
  /** What commands act on. */
  target: Resource = { type: 'Server', id: 'svr-1827', owner: 'backend', facts: { role: 'backend' } }

  /** By digest of the statement. */
  readonly #orders = new Map<string, Execute>()

  private constructor(bench: Bench, runner: ActingRunner) {
    this.bench = bench
    this.runner = runner
  }

  static async open(bundle: Bundle = bundleOf(1)): Promise<Plant> {
    const bench = await makeBench(bundle)
    const plant = new Plant(bench, new ActingRunner({}, bundle))
    plant.runner.clock = bench.now
    await plant.runner.start(Math.floor(bench.now / 1000) - 100)
    await plant.dial()
    return plant
  }

  /** The runner dials, as after either of the two was started anew. */
  async dial(): Promise<void> {
    const { runner, bench } = this
    runner.inspect = () => this.target
    const link = await bench.link({
      store: runner.claims.store,
      ...(runner.claims.note !== undefined && { checkpoint: runner.claims.note }),
      claims: runner.claims
        .announced((request) => runner.orders.isAlive(request))
        .map((claim) => (this.#isReceipted(claim.request) ? { ...claim, state: 'receipt' } : claim)),
      at: Math.floor(bench.now / 1000),
    })
    this.link = link
    link.inspects = (command) => runner.inspect(command)
    const take = (order: Execute): void => {
      this.#orders.set(statementOf(order).digest, order)
      runner.orders.take(order)
    }
    link.ordered = take
    link.cancelled = (request, by) => runner.orders.cancel(request, by)
    for (const order of link.orders) take(order)
    runner.says = (message) => {
      if (message.type !== 'login' && message.type !== 'announce')
        bench.engine.runnerEars.heard(link.connection, message)
    }
    runner.signs = ({ statement, outcome, refusal }) => {
      const order = this.#orders.get(statement)
      if (order) link.receipt(order, outcome, refusal)
    }
    // What nobody may have recorded is handed over again.
    for (const receipt of runner.receipts) runner.signs(receipt)
  }

  /** The server is killed and started anew, and the runner dials it. */
  async restartServer(): Promise<void> {
    this.runner.says = () => undefined
    this.runner.signs = () => undefined
    const { now } = this.bench
    this.bench = await this.bench.restart()
    this.bench.now = now
    await this.dial()
  }

  /** The runner has ended it, and keeps what it signed of that. */
  #isReceipted(request: string): boolean {
    const statement = this.runner.claims.find(request)?.claim.statement
    return this.runner.receipts.some((receipt) => receipt.statement === statement)
  }

  advance(milliseconds: number): void {
    this.bench.now += milliseconds
    this.runner.clock += milliseconds
  }

  /** What waits: the one request, or the one with these words. */
  waiting(text?: string): Waits {
    const request = this.bench.way.live.all().find((one) => text === undefined || one.text === text)
    if (!request?.stated) throw new Error('nothing waits')
    return { ...request, stated: request.stated }
  }

  /** A yes to what waits. */
  yes(person: string, role: Partial<Consent> = {}, of = this.waiting().stated.statement, by = person) {
    const iat = Math.floor(this.bench.now / 1000)
    return consentOf(person, of, { iat, ...role }, by)
  }

  async present(...yes: Parameters<Plant['yes']>): Promise<{ readonly accepted: boolean; readonly say: string }> {
    return this.bench.engine.doors.present(await this.yes(...yes))
  }

  /** All that was said in rooms, a line each. */
  get texts(): readonly string[] {
    return this.bench.replies
      .flatMap(({ reply }) => [reply.text, ...reply.blocks.flatMap((block) => ('text' in block ? [block.text] : []))])
      .filter((text) => text !== '')
  }

  get last(): string {
    return this.texts.at(-1) ?? ''
  }

  /** How a request stands in the store. */
  async stateOf(id: string): Promise<string | undefined> {
    return (await this.bench.way.records.find(id))?.state
  }

  /** Waits until a request has ended. @returns how */
  async ended(id: string): Promise<string> {
    const hasEnded = (): void => expect(this.bench.way.live.get(id)?.state, 'it has not ended').toBeUndefined()
    await vi.waitFor(hasEnded, { timeout: 10_000, interval: 2 })
    return (await this.stateOf(id)) ?? 'nowhere'
  }

  async end(): Promise<void> {
    await this.bench.close()
    await this.runner.end()
  }
}

export const asBackend = { as: 'approver', group: 'Backend' } as const

/** The digest that a statement's bytes have. */
export const digestOf = (statement: Uint8Array): string => statementKind.digest(statement)
