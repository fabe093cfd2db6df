import type { Bundle } from '#core/bundle/company.ts'
import type { KeyChanges } from '#core/bundle/key-changes.ts'
import { carriesUntil } from '#core/bundle/life.ts'
import { type Clock, toSeconds } from '#core/clock.ts'
import type { KnownPerson, Requester } from '#core/command/plugin.ts'
import type { TreeHead } from '#core/log/tree.ts'
import { toBase64 } from '#core/statement/base64.ts'
import { codeOf } from '#core/statement/statement.ts'
import { cut } from '#core/text/cut.ts'
import { shortFault } from '#core/text/short-fault.ts'
import { isAtLeast, type Tier } from '#core/tier.ts'
import { type Case, type Facts, type Order, WarrantRefusal } from '#core/warrant/case.ts'
import type { Receipt } from '#core/warrant/receipts.ts'
import { checkConsentsAgain, checkPapers, checkWorld } from '#core/warrant/verify.ts'
import type { Execute, FromRunner } from '#wire/runner.ts'
import type { Claims } from './claims.ts'
import type { InForce } from './held-bundle.ts'
import { inspect } from './inspect.ts'
import type { KeepPaper } from './kept-papers.ts'
import type { LoadedCommand } from './load.ts'
import { LockTable, type Release } from './lock-table.ts'
import { seenOf } from './log-seen.ts'
import type { RunnerLogger } from './logger.ts'
import { type Names, namesOf, namesOfCase, orderOf } from './order-names.ts'
import type { Redactor } from './redact.ts'
import { type Ended, Run } from './run.ts'
import { sentenceOf } from './sentence.ts'

/** Seconds that the id of an unknown request stays claimed as cancelled: longer than any statement lives. */
const cancelledFor = 24 * 3600

export type OrdersOf = {
  readonly me: { readonly deployment: string; readonly runner: string }
  readonly clock: Clock
  /** Why nothing from `member` up may be done by the clock now; undefined where it is right. */
  readonly clockWrong: () => string | undefined
  readonly log: RunnerLogger
  readonly claims: Claims
  readonly held: { readonly inForce: InForce | undefined }
  readonly keys: { readonly changes: KeyChanges }
  readonly commands: ReadonlyMap<string, LoadedCommand>
  readonly redactor: Redactor
  readonly send: (message: FromRunner) => void
  readonly keepPaper: KeepPaper
  /** Resolves once the receipt is signed and kept. */
  readonly receipt: (receipt: Receipt) => Promise<void>
}

/** A request that came and is not claimed yet. */
type InHand = { readonly names: Names; readonly exp: number; readonly left: AbortController }

/** `over` resolves once nothing more comes of it. */
type Started = { readonly at: number; readonly over: PromiseWithResolvers<void>; run?: Run }

/** The orders that came: checked, claimed, carried out, each once. */
export class Orders {
  readonly #of: OrdersOf
  readonly #inHand = new Map<string, InHand>()
  readonly #started = new Map<string, Started>()
  readonly #locks = new LockTable()
  #takesNone = false
  #stopping = false

  constructor(of: OrdersOf) {
    this.#of = of
  }

  /** The handler of this request runs here, or is about to. */
  isAlive(request: string): boolean {
    return this.#started.has(request)
  }

  /** An order came. Its papers are checked at once, in the order of arrival; the rest follows by itself. */
  take(message: Execute): void {
    if (this.#takesNone) return
    const order = orderOf(message)
    const names = namesOf(order.warrant)
    try {
      this.#checkClock(names?.tier)
      const c = this.#check(order)
      this.#accept(c.head && order.checkpoint)
      if (this.#isKnown(namesOfCase(c))) return
      this.#checkAge(c)
      const hand: InHand = { names: namesOfCase(c), exp: c.statement.exp, left: new AbortController() }
      this.#inHand.set(c.statement.id, hand)
      void this.#carryOut(c, hand).catch((error: unknown) => this.#refuse(hand.names, error))
    } catch (error) {
      if (error instanceof WarrantRefusal) this.#accept(error.head && order.checkpoint)
      // What came before keeps its end, whatever is wrong with the order by now: it may run longer than the order lives.
      if (!names || !this.#isKnown(names)) this.#refuse(names, error)
    }
  }

  /** Stops a request: for good before it is claimed; after that, only where its command can be stopped. */
  cancel(request: string, by: string): void {
    const { claims, clock, send, log } = this.#of
    const started = this.#started.get(request)
    if (started?.run?.cancel(by)) return
    const at = started?.at ?? claims.find(request)?.claim.at
    if (at !== undefined) {
      if (!claims.find(request)?.claim.cancelled) send({ type: 'too-late', request, at })
      return
    }
    const hand = this.#inHand.get(request)
    const now = toSeconds(clock())
    const claim = hand
      ? { request, at: now, exp: hand.exp, statement: hand.names.statement, warrant: hand.names.warrant }
      : { request, at: now, exp: now + cancelledFor }
    const durable = claims.claim({ ...claim, cancelled: true })
    hand?.left.abort()
    durable?.then(
      () => hand && void this.#receipt(hand.names, { outcome: 'cancelled' }),
      (error: unknown) =>
        log.error({ request, error: shortFault(error) }, 'a cancelled request could not be written down'),
    )
  }

  /** Takes no order more, and lets go of those that are not claimed: the server sends them again to who comes next. */
  takeNone(): void {
    this.#takesNone = true
    for (const [request, { left }] of this.#inHand) if (!this.#started.has(request)) left.abort()
  }

  /** Resolves when all that was begun has ended by itself, and has its receipt. */
  async ended(): Promise<void> {
    while (this.#started.size > 0) await Promise.all([...this.#started.values()].map(({ over }) => over.promise))
  }

  /** Stops every handler, and resolves when all have ended. */
  async stop(): Promise<void> {
    this.#stopping = true
    this.takeNone()
    const runs = this.#runs
    for (const run of runs) run.interrupt()
    await Promise.all(runs.map(({ ended }) => ended))
  }

  get #runs(): readonly Run[] {
    return [...this.#started.values()].flatMap(({ run }) => run ?? [])
  }

  /** A clock that jumped decides nothing, but for what owes nothing. */
  #checkClock(tier: Tier | undefined): void {
    const wrong = this.#of.clockWrong()
    if (wrong === undefined || tier === 'open') return
    throw new WarrantRefusal('time', `I do nothing by a clock that is wrong: ${wrong}.`)
  }

  #check(order: Order): Case {
    const { claims, held, clock } = this.#of
    const behind = claims.behind(toSeconds(clock()))
    if (behind !== undefined)
      throw new WarrantRefusal('time', `My clock went back by ${behind} s: an administrator must set it right.`)
    if (!held.inForce) throw new WarrantRefusal('bundle', 'I hold no bundle yet.')
    const seen = seenOf(claims, held.inForce.bundle.company)
    if (!seen)
      throw new WarrantRefusal(
        'sealed',
        'The log goes on from a copy, which has not proven that it holds what I have seen.',
      )
    return checkPapers(order, this.#facts(held.inForce, seen))
  }

  #checkAge({ statement }: Case): void {
    if (statement.iat >= this.#of.claims.created) return
    const why = 'It is older than my record of what was run, so I cannot know that it was not: say it again.'
    throw new WarrantRefusal('claim', why)
  }

  #facts({ bundle, policy }: InForce, last: TreeHead): Facts {
    const { me, clock, keys, commands, redactor } = this.#of
    return {
      me,
      now: toSeconds(clock()),
      bundle,
      policy,
      keyChanges: keys.changes,
      last,
      loaded: (command) => commands.get(command),
      inspect: async (statement, args) => {
        const requester = requesterOf(bundle, statement.requester)
        const { room } = statement.via
        const look = { args, ...(room !== undefined && { room }), ...(requester && { requester }) }
        try {
          return (await inspect(loadedOf(commands, statement.command), look, redactor)).resource
        } catch (error) {
          const { id } = statement.resource
          throw new WarrantRefusal('resource', `Looking at ${id} again failed: ${sentenceOf(error)}`)
        }
      },
    }
  }

  /** @param note of a checkpoint that was proven; undefined where none was */
  #accept(note: string | undefined): void {
    const { claims, log } = this.#of
    if (note === undefined) return
    claims.accept(note).catch((error: unknown) => {
      log.error({ error: shortFault(error) }, 'a checkpoint could not be written down')
    })
  }

  /** A request that came before is answered by what is known of it, and never run again. */
  #isKnown(names: Names): boolean {
    const { request, statement } = names
    if (this.#inHand.has(request)) return true
    const known = this.#of.claims.find(request)
    if (!known) return false
    const { claim, state } = known
    if (claim.cancelled && (claim.statement ?? statement) === statement)
      void this.#receipt(names, { outcome: 'cancelled' })
    else if (claim.statement !== statement || state === 'settled') {
      this.#refuse(names, new WarrantRefusal('claim', 'It was claimed before.'))
    } else if (this.isAlive(request)) this.#sayClaimed(request, claim.at)
    else if (state === 'open') void this.#receipt(names, { outcome: 'interrupted' })
    return true
  }

  async #carryOut(c: Case, hand: InHand): Promise<void> {
    const request = c.statement.id
    const loaded = loadedOf(this.#of.commands, c.statement.command)
    let release: Release | undefined
    try {
      release = await this.#lock(c, loaded, hand)
      if (release) await checkWorld(c)
      if (!release || hand.left.signal.aborted) return release?.()
      const run = await this.#claim(c, loaded)
      const free = release
      void run.settled.then(() => free())
    } catch (error) {
      release?.()
      this.#forget(request)
      // Cancelled meanwhile: that is what became of it, and its receipt is written.
      if (!hand.left.signal.aborted) throw error
    } finally {
      this.#inHand.delete(request)
    }
  }

  /** Waits for the resource where the command wants it for itself; no longer than the statement lives. */
  async #lock({ statement }: Case, { manifest }: LoadedCommand, { left }: InHand): Promise<Release | undefined> {
    if (!manifest.exclusive) return () => undefined
    const life = statement.exp * 1000 - this.#of.clock()
    const expired = AbortSignal.timeout(Math.max(0, life))
    const release = await this.#locks.take(
      `${statement.resource.type}:${statement.resource.id}`,
      AbortSignal.any([left.signal, expired]),
    )
    if (!release && !left.signal.aborted) {
      throw new WarrantRefusal('time', `It has expired while ${statement.resource.id} was in use.`)
    }
    return release
  }

  /** Step 12. INVARIANT: between the last look and the claim nothing waits; the handler starts after the claim is durable. */
  async #claim(c: Case, loaded: LoadedCommand): Promise<Run> {
    const { claims, clock } = this.#of
    const { id, exp } = c.statement
    const at = toSeconds(clock())
    this.#lookAgain(c, at)
    const { statement, warrant } = namesOfCase(c)
    const durable = claims.claim({ request: id, at, exp, statement, warrant })
    if (!durable) throw new WarrantRefusal('claim', 'It was claimed before.')
    const started: Started = { at, over: Promise.withResolvers() }
    this.#started.set(id, started)
    this.#of.keepPaper({ order: toBase64(c.order.warrant), index: c.order.index })
    await durable
    this.#sayClaimed(id, at)
    const run = this.#start(c, loaded)
    started.run = run
    if (this.#stopping) run.interrupt()
    void run.ended.then(async (ended) => {
      await this.#receipt(namesOfCase(c), { start: at, ...ended })
      this.#forget(id)
    })
    return run
  }

  #forget(request: string): void {
    this.#started.get(request)?.over.resolve()
    this.#started.delete(request)
  }

  /** What may have changed while the target was looked at. */
  #lookAgain(c: Case, now: number): void {
    const { statement, facts } = c
    const { claims, held, keys } = this.#of
    this.#checkClock(statement.tier)
    if (claims.behind(now) !== undefined)
      throw new WarrantRefusal('time', 'My clock went back: an administrator must set it right.')
    if (statement.exp <= now) throw new WarrantRefusal('time', 'It has expired.')
    if (carriesUntil(facts.bundle, statement.tier) <= now)
      throw new WarrantRefusal('bundle', `Bundle ${facts.bundle.version} ended meanwhile.`)
    if (held.inForce?.bundle !== facts.bundle) {
      throw new WarrantRefusal('bundle', `Bundle ${held.inForce?.bundle.version} came into force meanwhile.`)
    }
    if (keys.changes !== facts.keyChanges) checkConsentsAgain(c, keys.changes)
  }

  #start({ statement, digest, args, facts }: Case, { declared, system }: LoadedCommand): Run {
    const { send, redactor } = this.#of
    const requester = requesterOf(facts.bundle, statement.requester)
    return new Run({
      declared,
      redactor,
      call: {
        args,
        system,
        resource: statement.resource,
        person: (id) => knownPerson(facts.bundle, id),
        code: codeOf(digest),
        ...(requester && { requester }),
        ...(!isAtLeast(statement.tier, 'sensitive') &&
          statement.via.room !== undefined && { room: statement.via.room }),
      },
      emit: (blocks, final) => send({ type: 'say', request: statement.id, blocks, final }),
    })
  }

  #sayClaimed(request: string, at: number): void {
    this.#of.send({ type: 'claimed', request, at })
  }

  #refuse(names: Names | undefined, error: unknown): void {
    const { log, send, claims, redactor } = this.#of
    const refusal =
      error instanceof WarrantRefusal
        ? error
        : new WarrantRefusal('claim', 'It could not be written down that I do it.')
    log.warn({ request: names?.request, step: refusal.step, why: shortFault(error) }, 'an order is refused')
    // The server finds out whether only its proof began elsewhere, and then sends the order again.
    if (refusal.log) {
      const { note } = claims
      send({ type: 'checkpoint', ...(note !== undefined && { checkpoint: note }), fork: refusal.log === 'fork' })
      return
    }
    const say = cut(redactor.text(refusal.say), 1024)
    if (names) void this.#receipt(names, { outcome: 'refused', refusal: { step: refusal.step, say } })
  }

  #receipt(
    { statement, warrant }: Omit<Names, 'tier'>,
    what: Partial<Ended> & Partial<Receipt> & Pick<Receipt, 'outcome'>,
  ): Promise<void> {
    const now = toSeconds(this.#of.clock())
    return this.#of.receipt({
      statement,
      warrant,
      start: now,
      end: now,
      outputSha256: nothing,
      outputBytes: 0,
      checkpoint: this.#of.claims.head.size,
      ...what,
    })
  }
}

/** SHA-256 of no output. */
const nothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

const loadedOf = (commands: ReadonlyMap<string, LoadedCommand>, command: string): LoadedCommand => {
  const loaded = commands.get(command)
  if (!loaded) throw new WarrantRefusal('definition', `"${command}" is not loaded here.`)
  return loaded
}

/** Who asked, as handlers see it. */
const knownPerson = ({ company }: Bundle, id: string): KnownPerson | undefined => {
  const person = company.people.get(id)
  return person && { id, name: person.name, ...(person.picture && { picture: person.picture }) }
}

export const requesterOf = ({ company }: Bundle, id: string | undefined): Requester | undefined => {
  const person = id === undefined ? undefined : company.people.get(id)
  return person && { id: person.id, name: person.name }
}
