import { bundleKind } from '#core/bundle/bundle.ts'
import type { Bundle } from '#core/bundle/company.ts'
import { keyAddKind, kindOfChange } from '#core/bundle/key-change.ts'
import { type Clock, toSeconds } from '#core/clock.ts'
import { FoobotError } from '#core/errors.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { shortFault } from '#core/text/short-fault.ts'
import type { Handed, InboxAnswer } from '#wire/inbox.ts'
import type { BundlePack, FromRunner } from '#wire/runner.ts'
import type { HeldBundle } from './held-bundle.ts'
import type { HeldKeys } from './held-keys.ts'
import type { RunnerLogger } from './logger.ts'

export type HandedOverOf = {
  readonly clock: Clock
  readonly log: RunnerLogger
  readonly held: Pick<HeldBundle, 'inForce' | 'take'>
  readonly keys: HeldKeys
  /** A bundle was taken; resolves once the plugins are those that it permits. */
  readonly taken: () => Promise<void>
  readonly send: (message: FromRunner) => void
  /** A bundle could not be written: it comes again to a runner that was started anew. */
  readonly broken: (why: FoobotError) => void
  /** An error as a sentence without secrets. */
  readonly problem: (error: unknown) => string
}

/** What proves itself, so that anybody may hand it over: bundles and key changes, from the server or past it. */
export class HandedOver {
  readonly #of: HandedOverOf

  constructor(of: HandedOverOf) {
    this.#of = of
  }

  /** A bundle from the server. */
  async bundle(pack: BundlePack): Promise<void> {
    const { send, log, problem } = this.#of
    try {
      await this.#takeBundle(pack)
    } catch (error) {
      log.error({ why: shortFault(error) }, 'a bundle is refused')
      const offered = offeredIn(pack)
      if (offered) send({ type: 'bundle', ...offered, refused: problem(error) })
    }
  }

  /** A key change from the server. */
  async keyChange(envelope: Envelope): Promise<void> {
    const { send, log, problem } = this.#of
    try {
      await this.#takeKeyChange(envelope)
    } catch (error) {
      log.error({ why: shortFault(error) }, 'a key change is refused')
      const digest = digestOf(envelope)
      if (digest !== undefined) send({ type: 'key-change', digest, refused: problem(error) })
    }
  }

  /** Either, handed over by hand. */
  async take(what: Handed): Promise<InboxAnswer> {
    try {
      const say = 'files' in what ? await this.#takeBundle(what) : await this.#takeKeyChange(what)
      return { accepted: true, say }
    } catch (error) {
      return { accepted: false, say: this.#of.problem(error) }
    }
  }

  async #takeBundle(pack: BundlePack): Promise<string> {
    const { taken, send } = this.#of
    const { version, digest } = this.#hold(pack)
    await taken()
    send({ type: 'bundle', version, digest })
    return `Bundle ${version} is in force here.`
  }

  #hold(pack: BundlePack): Bundle {
    try {
      return this.#of.held.take(pack, this.#now())
    } catch (error) {
      if (error instanceof FoobotError && error.code === 'disk-trouble') this.#of.broken(error)
      throw error
    }
  }

  async #takeKeyChange(envelope: Envelope): Promise<string> {
    const { held, keys, log, send } = this.#of
    const bundle = held.inForce?.bundle
    if (!bundle) {
      const say = 'I hold no bundle yet, so I know nobody: hand me a bundle first.'
      throw new FoobotError('key-change-refused', 'no bundle is held', say)
    }
    const kind = kindOfChange(envelope)
    await keys.take(envelope, bundle, this.#now())
    const { value, digest } = readEnvelope(kind, envelope)
    log.info({ person: value.person, key: value.key, kind: kind.name }, 'a key change is kept')
    send({ type: 'key-change', digest })
    const what = kind === keyAddKind ? 'has this key too' : 'has lost this key, and all that it added'
    return `Kept here: ${value.person} ${what}: ${value.key}`
  }

  #now(): number {
    return toSeconds(this.#of.clock())
  }
}

const offeredIn = ({ envelope }: BundlePack): { version: number; digest: string } | undefined => {
  try {
    const body = Buffer.from(envelope.payload, 'base64')
    return { version: bundleKind.decode(body).version, digest: bundleKind.digest(body) }
  } catch {
    return undefined
  }
}

/** Undefined where it is no key change: nothing could be said of it. */
const digestOf = (envelope: Envelope): string | undefined => {
  try {
    return readEnvelope(kindOfChange(envelope), envelope).digest
  } catch {
    return undefined
  }
}
