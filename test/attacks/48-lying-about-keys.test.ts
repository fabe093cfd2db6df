import { afterEach, expect, it } from 'vitest'
import { keyid } from '#core/signature/key.ts'
import { sshSigner } from '#core/signature/signer.fixture.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { at, foobot } from '../contract/cli.fixture.ts'
import { Door } from '../contract/native-door.fixture.ts'

/**
 * A key is stolen, and the server is the thief's: it says that the stolen key's id is that of its owner's last good one, so
 * that the owner removes that for good.
 */

// DEFENCE src/cli/key/remove.ts
// - const found = held.filter(({ key }) => keyid(key).startsWith(wanted.toLowerCase()))
// + const found = held.filter((one) => String(Object(one).id).startsWith(wanted.toLowerCase()))
// AND src/wire/native.ts
// - key,
// + key, id: z.string(),

let door: Door
afterEach(() => door.close())

it('no removal of another key than the one that was named is signed', async () => {
  const stolen = sshSigner()
  const handedIn: Envelope[] = []
  door = await Door.open({
    keys: (person) =>
      (door.keys.get(person) ?? []).map((key) => ({ key, id: keyid(stolen.key), worth: 'software', by: [] })),
    present: async (_, envelope) => {
      handedIn.push(envelope)
      return { accepted: true, say: 'Removed.' }
    },
  })
  const named = keyid(stolen.key).slice(0, 8)
  const { exit } = await foobot(['key', 'remove', named, '--as', 'jhand', '--yes', ...at(door)])
  expect(handedIn).toEqual([])
  expect(exit).not.toBe(0)
})
