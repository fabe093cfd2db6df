import type { z } from 'zod'
import { FoobotError } from '#core/errors.ts'
import type { Sayable } from '#core/reply/reply.ts'
import type { Delivery, Verifier } from './verifier.ts'

/** The last part of a webhook's address: `on-call` is heard at `/hooks/on-call`. */
export const webhookPath = /^[a-z][a-z0-9-]{0,63}$/

/** What a system tells: proven to be the vendor's, and heard once. */
export type WebhookEvent = Delivery & {
  /** The body as JSON of a form. Throws where it is not that: then the room hears that something came. */
  json<T>(schema: z.ZodType<T>): T
}

export type WebhookCall = {
  readonly event: WebhookEvent
  readonly system: unknown
  /** Aborts at the time limit, and when the runner stops. */
  readonly signal: AbortSignal
}

type Answer = Promise<Sayable | undefined> | Sayable | undefined

/** A webhook as its runner loads it: made by `webhook(…)`, never by hand. Types of the configuration are gone here. */
export type DeclaredWebhook = {
  readonly path: string
  readonly summary: string
  readonly verify: (config: never) => Verifier | undefined
  readonly on: (call: WebhookCall) => Answer
}

/** A webhook, as its author writes it. */
export type WebhookDeclaration<C, S> = {
  /** What it tells, in a few words. */
  readonly summary: string
  /** What proves that a delivery is the vendor's, made once of the configuration; without one nothing is taken. */
  readonly verify: (config: C) => Verifier | undefined
  /**
   * Hears what was proven, once, in the order in which it came, and at most 10 s. What it returns is said in the room that
   * the company has chosen for this path, as this runner's; `undefined` says nothing. It can start no command.
   */
  readonly on: (call: Omit<WebhookCall, 'system'> & { readonly system: S }) => Answer
}

/** Declares one webhook, heard at `/hooks/` and its path. */
export type Webhook<C, S> = (path: string, declaration: WebhookDeclaration<C, S>) => DeclaredWebhook

/** @throws FoobotError `plugin-refused` */
export const declareWebhook = <C, S>(path: string, declaration: WebhookDeclaration<C, S>): DeclaredWebhook => {
  if (!webhookPath.test(path)) {
    const why = `"${path}" is no path of a webhook: lower case, digits and dashes, as "on-call"`
    throw new FoobotError('plugin-refused', why, `A plugin is declared wrongly: ${why}.`)
  }
  const { summary, verify, on } = declaration
  // The types of configuration and system end here: the runner gives what the plugin's own schema and `connect` say.
  return { path, summary, verify: verify as never, on: on as never }
}
