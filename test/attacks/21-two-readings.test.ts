import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compileTemplate } from '#core/command/compile.ts'
import { parseText } from '#core/command/parse.ts'
import { render } from '#core/command/render.ts'
import { FoobotError } from '#core/errors.ts'
import { display } from '#core/statement/display.ts'
import { type Statement, statementKind } from '#core/statement/statement.ts'
import { display as displayAtDesk } from '../../web/desk/statement/display.ts'
import { readStatement } from '../../web/desk/statement/statement.ts'

/**
 * 21: what an approver reads and what a runner runs are the same text, however it is composed: the two displays agree,
 * and the text that was read gives the same arguments again.
 */

const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('ﬁle', 'Å', 'Å', 'Å', '①', 'ＡＢ', 'e\u0301', 'é', '\u202e', '\u{1f600}', '"\\', "'", '\n'),
)

const statement = (text: string, id: string): Statement => ({
  v: 2,
  id: '0'.repeat(32),
  deployment: 'acme',
  bundle: 1,
  runner: 'operations',
  command: 'rebuild',
  definition: 'a'.repeat(64),
  tier: 'dangerous',
  text,
  resource: { type: 'Server', id, facts: { role: text, tags: [id, text], cores: 8, live: true } },
  requester: 'mansel',
  via: { platform: 'native', tenant: 'acme', account: 'mansel', room: 'ops', message: 'm1' },
  iat: 1_800_000_000,
  exp: 1_800_000_300,
})

it('shows the same in terminal and desk, whatever stands in it', () => {
  fc.assert(
    fc.property(odd, odd, (text, id) => {
      const made = statement(`x${text}`.toWellFormed(), `y${id}`.toWellFormed())
      const bytes = statementKind.encode(made)
      expect(displayAtDesk(readStatement(Uint8Array.from(bytes)))).toBe(display(statementKind.decode(bytes)))
    }),
    { numRuns: 20_000 },
  )
})

it('reads the same arguments from the text that was shown', () => {
  const template = compileTemplate({ template: 'note <about:text> <what:text...>', tier: 'member' })
  fc.assert(
    fc.property(odd, odd, (about, what) => {
      const args = { about: `a${about}`.toWellFormed(), what: `b${what}`.toWellFormed() }
      const text = unlessRefused(() => render(template, args))
      const read = text === undefined ? undefined : unlessRefused(() => parseText(template, text))
      if (read !== undefined) expect(read).toEqual(args)
    }),
    { numRuns: 5_000 },
  )
})

/** What cannot be written or read in one way is refused, and so never shown or run. */
const unlessRefused = <T>(make: () => T): T | undefined => {
  try {
    return make()
  } catch (error) {
    if (error instanceof FoobotError) return undefined
    throw error
  }
}
