import { fromBase64url } from '../../web/desk/statement/bytes.ts'
import { consentTo, type Role } from '../../web/desk/statement/consent.ts'
import { codeOf, digestOf } from '../../web/desk/statement/digest.ts'
import { type Line, linesOf } from '../../web/desk/statement/display.ts'
import { lifeOf } from '../../web/desk/statement/life.ts'
import { readStatement } from '../../web/desk/statement/statement.ts'
import { signAsPasskey } from './passkey.ts'

/** What a push says: where to ask, and by which secret. */
export type Letter = {
  readonly server: string
  readonly wake: string
  /** What was shown for it first, and as whom it is signed: nothing else is signed for it. */
  shown?: string
}

/** What stands on the phone's screen. */
export type Sheet = {
  readonly wake: string
  readonly as: Role['as']
  readonly group?: string
  readonly code: string
  readonly lines: readonly Line[]
  /** Its end, in words. */
  readonly life: string
  /** What has to be typed before anything is signed. */
  readonly asks: 'number' | 'word'
}

export type Outcome = { readonly say: string; readonly over: boolean; readonly signed: boolean }

/** Whose phone it is, and what it signs with. */
export type Owner = { readonly person: string; readonly passkey: string; readonly desk: string }

/** Milliseconds. */
const patience = 15_000

/**
 * Asks the server what a push is about, and reads the statement from its own bytes.
 * @returns undefined where it is over
 */
export const openWake = async (letter: Letter, { person }: Owner): Promise<Sheet | undefined> => {
  const looked = await look(letter.server, letter.wake, person)
  if (!looked) return undefined
  letter.shown ??= looked.shown
  return looked.shown === letter.shown ? looked.sheet : undefined
}

/** Takes what the owner typed: signs only where the server says that it stands in the room. */
export const answerWake = async ({ server, wake, shown }: Letter, answer: string, owner: Owner): Promise<Outcome> => {
  const looked = await look(server, wake, owner.person)
  if (!looked) return { say: 'There is nothing to answer any more. Nothing was signed.', over: true, signed: false }
  if (looked.shown !== shown) return { say: notShown, over: true, signed: false }
  const { role, asked } = looked
  const verdict = await ask(server, '/phone', { ask: 'answer', wake, answer })
  if (verdict.type !== 'right') return { say: String(verdict.say), over: verdict.type === 'over', signed: false }
  const consent = await consentTo(asked, role, Math.floor(Date.now() / 1000))
  const envelope = await signAsPasskey(owner.passkey, owner.desk, 'consent', consent)
  const { accepted, say } = await ask(server, '/present', envelope)
  return { say: String(say), over: true, signed: accepted === true }
}

const notShown =
  'The server sends another command than the one that was shown here. Nothing was signed: tell an administrator.'

/** It was not me; or, of somebody else's command: no. */
export const refuseWake = async ({ server, wake }: Letter): Promise<Outcome> => {
  const { say } = await ask(server, '/phone', { ask: 'no', wake })
  return { say: String(say), over: true, signed: false }
}

const look = async (server: string, wake: string, owner: string) => {
  const told = await ask(server, '/phone', { ask: 'open', wake })
  if (told.type !== 'statement') return undefined
  const bytes = fromBase64url(Buffer.from(String(told.statement), 'base64').toString('base64url'))
  const statement = readStatement(bytes)
  const role = roleOf(told, owner, statement.requester)
  const digest = await digestOf('statement', bytes)
  const sheet: Sheet = {
    wake,
    as: role.as,
    ...(role.as === 'approver' && { group: role.group }),
    code: codeOf(digest),
    lines: linesOf(statement),
    life: lifeOf(statement, Math.floor(Date.now() / 1000)).say,
    asks: role.as === 'approver' ? 'word' : 'number',
  }
  const shown = JSON.stringify([role, Buffer.from(digest).toString('hex')])
  return { sheet, role, shown, asked: { statement, bytes } }
}

/** A phone signs for its owner alone, and as who asked only what its owner asked. */
const roleOf = ({ as, person, group }: Told, owner: string, requester: string | undefined): Role => {
  if (person !== owner) throw new Error(`that push is for ${String(person)}`)
  if (as === 'approver' && requester !== owner) return { as, person: owner, group: String(group) }
  if (as === 'requester' && requester === owner) return { as, person: owner }
  throw new Error('that push asks for a yes that could never count')
}

type Told = Readonly<Record<string, unknown>>

const ask = async (server: string, path: string, what: unknown): Promise<Told> => {
  const response = await fetch(`${server}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(what),
    redirect: 'error',
    signal: AbortSignal.timeout(patience),
  })
  return (await response.json()) as Told
}
