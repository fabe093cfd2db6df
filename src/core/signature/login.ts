import { z } from 'zod'
import { FoobotError } from '#core/errors.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { id, name, time, version1 } from '#core/statement/fields.ts'
import { defineKind } from '#core/statement/kind.ts'
import type { Key } from './key.ts'
import { openEnvelope } from './open.ts'

const fields = z
  .strictObject({
    v: version1,
    deployment: name,
    /** The origin that was dialled: `https://foobot.acme.example`; `unix:<deployment>` over a Unix socket. */
    server: z.string().min(1).max(256),
    person: z.exactOptional(name),
    runner: z.exactOptional(name),
    /** The server's own, of this one connection. */
    nonce: id,
    iat: time,
  })
  .refine(({ person, runner }) => (person === undefined) !== (runner === undefined), 'exactly one of person and runner')

export type Login = z.infer<typeof fields>

/** How a person's client or a runner says who it is, signed by that person's or runner's key. */
export const loginKind = defineKind('login', fields, 2 * 1024)

/** The origin of a login over a Unix socket. */
export const socketOrigin = (deployment: string): string => `unix:${deployment}`

/** What the server that is signed in to knows of this connection. */
export type LoginFacts = {
  readonly deployment: string
  /** Its own origins, as clients may dial them. */
  readonly servers: readonly string[]
  /** What it sent as challenge; good for one login. */
  readonly nonce: string
  /** Seconds since 1970. */
  readonly now: number
  /** The keys in force of whoever the login names; none where nobody is known by that name. */
  readonly keysOf: (login: Login) => readonly Key[]
}

const skew = 30

/**
 * Who signed in. A login for another server, by which that server could pass for its user here, names its own origin.
 * @throws FoobotError `login-refused`, `payload-malformed`, `signature-refused`
 */
export const checkLogin = (envelope: Envelope, facts: LoginFacts): Login => {
  const { value: login } = openEnvelope(loginKind, envelope, facts.keysOf)
  if (login.deployment !== facts.deployment) refuse(`for deployment ${login.deployment}`)
  if (!facts.servers.includes(login.server)) refuse(`for server ${login.server}`)
  if (login.nonce !== facts.nonce) refuse('the nonce is not the one of this connection')
  if (Math.abs(login.iat - facts.now) > skew) {
    refuse(
      `signed ${login.iat - facts.now} s from now`,
      'Your clock and mine differ by more than 30 seconds: set yours.',
    )
  }
  return login
}

const refuse = (detail: string, say?: string): never => {
  throw new FoobotError('login-refused', `login: ${detail}`, say)
}
