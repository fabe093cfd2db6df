import type { WebSocket } from 'ws'
import { bound } from '#bounds/bound.ts'
import { type Clock, toSeconds } from '#core/clock.ts'
import { FoobotError } from '#core/errors.ts'
import type { Key } from '#core/signature/key.ts'
import { checkLogin, loginKind } from '#core/signature/login.ts'
import { openEnvelope } from '#core/signature/open.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { type FromServer, fromStranger } from '#wire/native.ts'

/** A connection whose person is proven: the only way that an identity comes into being here. */
export type SignedIn = {
  readonly socket: WebSocket
  readonly person: string
  /** What signed them in. */
  readonly key: Key
  /** False from the moment when the key that signed in is no longer the person's. */
  readonly still: () => boolean
}

export type SignInFacts = {
  readonly deployment: string
  readonly origins: readonly string[]
  /** The keys in force now. */
  readonly personKeys: (person: string) => readonly Key[]
  /** Why nobody is let in at all, whoever it is; undefined where people are. */
  readonly whyClosed?: () => string | undefined
  readonly clock: Clock
  /** 32 random hex digits. */
  readonly newNonce: () => string
}

const loginTime = bound('native-login-time', {
  most: 30_000,
  unit: 'milliseconds',
  of: 'the time that a client takes to sign in: somebody may have to touch a key',
  say: 'The connection ends.',
})

/**
 * Sends the challenge, and takes the first frame for its answer.
 * @throws FoobotError `login-refused` and others of `checkLogin`; then the client was told, and the socket is closing
 */
export const signIn = async (socket: WebSocket, facts: SignInFacts): Promise<SignedIn> => {
  const nonce = facts.newNonce()
  const { deployment, clock } = facts
  send(socket, { type: 'challenge', deployment, nonce, at: toSeconds(clock()) })
  try {
    const envelope = loginOf(await firstFrame(socket))
    const { person } = checkLogin(envelope, {
      deployment,
      servers: facts.origins,
      door: 'native',
      nonce,
      now: toSeconds(clock()),
      keysOf: (login) => (login.person === undefined ? [] : facts.personKeys(login.person)),
    })
    if (person === undefined) throw new FoobotError('login-refused', 'a runner at the door of people')
    const closed = facts.whyClosed?.()
    if (closed !== undefined) throw new FoobotError('runners-awaited', `${person} must wait`, closed)
    const { proofs } = openEnvelope(loginKind, envelope, () => facts.personKeys(person))
    return { socket, person, key: proofs[0].key, still: stillSigned(envelope, () => facts.personKeys(person)) }
  } catch (error) {
    send(socket, { type: 'problem', say: error instanceof FoobotError ? error.say : 'That is no login.' })
    socket.resume()
    socket.close(4401, 'not signed in')
    throw error
  }
}

/** Looks again whenever the person's keys have changed: the login must be by one that is left. */
const stillSigned = (envelope: Envelope, keys: () => readonly Key[]): (() => boolean) => {
  let known = keys()
  let signed = true
  return () => {
    const now = keys()
    if (!signed || isSame(now, known)) return signed
    known = now
    signed = isSigned(envelope, now)
    return signed
  }
}

const isSame = (a: readonly Key[], b: readonly Key[]): boolean =>
  a.length === b.length && a.every((key, i) => key === b[i])

const isSigned = (envelope: Envelope, keys: readonly Key[]): boolean => {
  try {
    openEnvelope(loginKind, envelope, () => keys)
    return true
  } catch (error) {
    if (error instanceof FoobotError) return false
    throw error
  }
}

/** One frame of text; afterwards the socket is paused, so that nothing is lost before somebody listens. */
const firstFrame = (socket: WebSocket): Promise<string> =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      loginTime.reached()
      settle(() => reject(new FoobotError('login-refused', 'no login in time')))
    }, loginTime.most)
    const settle = (how: () => void): void => {
      clearTimeout(late)
      socket.off('message', heard)
      socket.off('close', left)
      how()
    }
    const heard = (data: Buffer, binary: boolean): void => {
      socket.pause()
      settle(() => (binary ? reject(new FoobotError('login-refused', 'a binary frame')) : resolve(data.toString())))
    }
    const left = (): void => settle(() => reject(new FoobotError('login-refused', 'left before signing in')))
    socket.on('message', heard)
    socket.on('close', left)
  })

const loginOf = (frame: string): Envelope => {
  const parsed = fromStranger.safeParse(jsonOf(frame))
  if (!parsed.success) throw new FoobotError('login-refused', 'the first frame is no login')
  return parsed.data.envelope
}

const jsonOf = (frame: string): unknown => {
  try {
    return JSON.parse(frame)
  } catch {
    return undefined
  }
}

const send = (socket: WebSocket, frame: FromServer): void => socket.send(JSON.stringify(frame))
