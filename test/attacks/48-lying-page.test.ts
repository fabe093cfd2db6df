import { expect, it } from 'vitest'
import { consentKind } from '#core/consent/consent.ts'
import { display as asRunnersRead } from '#core/statement/display.ts'
import { statementKind } from '#core/statement/statement.ts'
import { readFragment } from '../../web/desk/fragment.ts'
import { consentTo } from '../../web/desk/statement/consent.ts'
import { display } from '../../web/desk/statement/display.ts'
import { statementOf } from '../browser/desk.fixture.ts'

// DEFENCE web/desk/fragment.ts
// - if (unknown !== undefined) throw new Error(`the link says ${unknown}, which means nothing here`)

const asked = statementOf({ text: 'rebuild svr-1827 role=web' })
const evil = statementOf({ text: 'rebuild svr-0001 role=web' })
const fragment = (statement: Uint8Array, more: Record<string, string> = {}): string => {
  const consent = Buffer.from(statement).toString('base64url')
  const fields = { consent, server: 'http://localhost:8080', person: 'bianca', as: 'approver', group: 'Backend' }
  return new URLSearchParams({ ...fields, ...more }).toString()
}
const open = async (statement: Uint8Array) => {
  const errand = await readFragment(fragment(statement))
  if (errand.kind !== 'consent') throw new Error('no consent')
  return errand
}

it('a server that swaps the statement has its swap shown, and gets no yes to what was asked', async () => {
  const { asked: shown, role } = await open(evil)
  expect(display(shown.statement)).toContain('text: "rebuild svr-0001 role=web"\n')
  expect(display(shown.statement)).toBe(asRunnersRead(statementKind.decode(evil)))
  const consent = consentKind.decode(await consentTo(shown, role, shown.statement.iat))
  expect(consent.statement).toBe(statementKind.digest(evil))
  expect(consent.statement).not.toBe(statementKind.digest(asked))
})

it.each([
  ['text', 'rebuild svr-1827 role=web'],
  ['display', 'text: "help"'],
  ['summary', 'harmless'],
  ['code', '7F3A-92C1'],
  ['digest', statementKind.digest(asked)],
  ['payload', Buffer.from('{}').toString('base64url')],
  ['title', 'Your own command'],
])('a server cannot say %s beside the bytes', async (name, value) => {
  await expect(readFragment(fragment(evil, { [name]: value }))).rejects.toThrow(name)
})

it('bytes that two readers could read in two ways are shown to nobody', async () => {
  const twice = Buffer.from(evil).toString().replace('"text":', '"text":"rebuild svr-1827 role=web","text":')
  await expect(readFragment(fragment(Buffer.from(twice)))).rejects.toThrow('twice')
})

it('a consent names the whole digest: a statement with the same code is another', async () => {
  const { asked: shown, role, code } = await open(evil)
  const consent = consentKind.decode(await consentTo(shown, role, shown.statement.iat))
  expect(consent.statement).toMatch(/^[0-9a-f]{64}$/)
  expect(code.replace('-', '').toLowerCase()).toBe(consent.statement.slice(0, 8))
})
