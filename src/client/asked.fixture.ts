import { type Statement, statementKind } from '#core/statement/statement.ts'
import type { Asked, StatementFrame } from './asked.ts'
import { readAsked } from './asked.ts'

/** What `jhand` asks in `devs` with the line `m1`, at second 1,000,000; changed as a test needs it. */
export const statementOf = (changes: Partial<Statement> = {}): Statement => ({
  v: 2,
  id: 'a'.repeat(32),
  deployment: 'acme',
  bundle: 1,
  runner: 'billing',
  command: 'upgrade',
  definition: 'b'.repeat(64),
  tier: 'sensitive',
  text: 'upgrade AcmeOps to Pro',
  resource: { type: 'Customer', id: 'AcmeOps', owner: 'support', facts: { plan: 'Free' } },
  requester: 'jhand',
  via: { platform: 'native', tenant: 'acme', account: 'jhand', room: 'devs', message: 'm1' },
  iat: 1_000_000,
  exp: 1_000_300,
  ...changes,
})

/** The exact bytes of a statement. */
export const bytesOf = (changes: Partial<Statement> = {}): Uint8Array => statementKind.encode(statementOf(changes))

/** The same as a server sends it after the line `m1`. */
export const askedOf = (changes: Partial<Statement> = {}, frame: Partial<StatementFrame> = {}): Asked =>
  readAsked({
    type: 'statement',
    as: 'requester',
    message: 'm1',
    statement: Buffer.from(bytesOf(changes)).toString('base64'),
    ...frame,
  })
