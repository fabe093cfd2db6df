import { afterEach, beforeEach, expect, it } from 'vitest'
import { at, foobot } from '../contract/cli.fixture.ts'
import { Terminal } from '../contract/terminal.fixture.ts'
import { LyingServer } from './lying-server.fixture.ts'

/** A server hands out another statement than the one that it was asked for by its code or id. */

// DEFENCE src/cli/give-consent.ts
// - if (other !== undefined) return refuse(other)

// DEFENCE src/client/asked-for.ts
// - return which === undefined ? undefined : otherThan(which, asked)
// + return which === undefined || asked.as !== 'approver' ? undefined : otherThan(which, asked)

// DEFENCE src/cli/chat/signing.ts
// - const wrong = known && notAskedFor(known, asked)
// + const wrong = undefined

// DEFENCE src/cli/say-signing.ts
// - if (other !== undefined) return this.#line.refusedHere(other)

const evil = 'upgrade Evil to Enterprise'

let server: LyingServer
beforeEach(async () => {
  server = await LyingServer.open()
})
afterEach(() => server.close())

it.each(['approve', 'sign'])('foobot %s signs no other statement than it was asked for', async (verb) => {
  server.as = verb === 'approve' ? 'approver' : 'requester'
  server.statement = { text: evil, requester: verb === 'approve' ? 'mansel' : 'jhand' }
  for (const which of ['7F3A-92C1', '7f3a-92c1', 'b'.repeat(32), '7F3A92C1'])
    for (const how of [
      ['--yes', '--expect', evil],
      ['--desk', 'http://desk.localhost:1'],
    ]) {
      const { exit, out, err } = await foobot([verb, which, '--as', 'jhand', ...how, ...at(server)])
      expect({ exit, out }).toEqual({ exit: 4, out: '' })
      expect(err).toMatch(/you asked for \S+, and the server sent [0-9A-F-]{9}\. Do not sign that/)
    }
  expect(server.handedIn).toEqual([])
})

it('chat and say sign no other statement than the line names by its code', async () => {
  server.as = 'approver'
  server.statement = { text: evil, requester: 'mansel' }
  const line = 'Foobot approve 7F3A-92C1'
  for (const other of ['foobot, approve 7f3a-92c1', 'Foobot approve "7F3A-92C1" please', `${line} now`]) {
    for (const as of ['approver', 'requester'] as const) {
      server.as = as
      const { err } = await foobot(['say', '--as', 'jhand', '--room', 'devs', '--sign', other, ...at(server)])
      expect(err).toContain('you asked for 7')
    }
  }
  server.as = 'approver'
  const said = await foobot(['say', '--as', 'jhand', '--room', 'devs', '--sign', '--expect', evil, line, ...at(server)])
  expect(said).toMatchObject({ exit: 4, err: expect.stringContaining('you asked for 7F3A-92C1') })
  const shown = await Terminal.open(server, { flags: '--sign' })
  await shown.until('jhand@devs>')
  await shown.enter(line)
  expect(await shown.until(/you asked for|Type \d{4}/)).toContain('you asked for 7F3A-92C1')
  await shown.close()
  expect(server.handedIn).toEqual([])
})
