import { z } from 'zod'
import { mostSkew } from '#core/clock.ts'
import { FoobotError } from '#core/errors.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { formatVersion, id, name, time } from '#core/statement/fields.ts'
import { defineKind } from '#core/statement/kind.ts'
import type { Key } from './key.ts'
import { openEnvelope } from './open.ts'

/** The doors that a login may open. Nobody lets in by `web` yet: it is for browser sessions. */
export const doors = ['native', 'runner', 'web'] as const

const fields = z
  .strictObject({
    v: formatVersion,
    deployment: name,
    /** The origin that was dialled: `https://foobot.acme.example`; `unix:<deployment>` over a Unix socket. */
    server: z.string().min(1).max(256),
    /** What it opens, and nothing else: a person's terminal, a person's browser session, or the runners' link. */
    door: z.enum(doors),
    person: z.exactOptional(name),
    runner: z.exactOptional(name),
    /** The server's own, of this one connection. */
    nonce: id,
    iat: time,
  })
  .refine(({ person, runner }) => (person === undefined) !== (runner === undefined), 'exactly one of person and runner')
  .refine(({ door, runner }) => (door === 'runner') === (runner !== undefined), 'the door is not for the one it names')

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
  readonly door: Login['door']
  /** What it sent as challenge; good for one login. */
  readonly nonce: string
  /** Seconds since 1970. */
  readonly now: number
  /** The keys in force of whoever the login names; none where nobody is known by that name. */
  readonly keysOf: (login: Login) => readonly Key[]
}

/** Somebody who has proven who they are, by a clock that is too far from the server's. */
export class ClockSkew extends FoobotError {
  readonly runner: string | undefined
  /** Positive where theirs is ahead. */
  readonly seconds: number

  constructor(runner: string | undefined, seconds: number) {
    super('clock-skew', `login: signed ${seconds} s from now`)
    this.runner = runner
    this.seconds = seconds
  }
}

/**
 * Who signed in. A login for another server, by which that server could pass for its user here, names its own origin.
 * @throws ClockSkew; FoobotError `login-refused`, `payload-malformed`, `signature-refused`
 */
export const checkLogin = (envelope: Envelope, facts: LoginFacts): Login => {
  const { value: login } = openEnvelope(loginKind, envelope, facts.keysOf)
  if (login.deployment !== facts.deployment) refuse(`for deployment ${login.deployment}`)
  if (!facts.servers.includes(login.server)) refuse(`for server ${login.server}`)
  if (login.door !== facts.door) refuse(`for the door ${login.door}`)
  if (login.nonce !== facts.nonce) refuse('the nonce is not the one of this connection')
  const seconds = login.iat - facts.now
  if (Math.abs(seconds) > mostSkew) throw new ClockSkew(login.runner, seconds)
  return login
}

const refuse = (detail: string): never => {
  throw new FoobotError('login-refused', `login: ${detail}`)
}
