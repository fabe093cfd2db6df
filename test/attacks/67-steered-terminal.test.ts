import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyRemoveKind } from '#core/bundle/key-change.ts'
import { signedBy, sshSigner } from '#core/signature/signer.fixture.ts'
import { at, foobot } from '../contract/cli.fixture.ts'
import { SigningDoor } from '../contract/signing-door.fixture.ts'

/**
 * A server, or a file that is handed around, says what steers a terminal: it clears what stands there, and puts another
 * command in the place of the one that is about to be signed.
 */

// DEFENCE src/cli/terminal/paint.ts
// - const uncoloured = ({ text }: Span): string => inOneLine(text)
// + const uncoloured = ({ text }: Span): string => text
// AND src/cli/terminal/clean.ts
// - String.raw({ raw: ours }, ...values.map((value) => cleanValue(String(value))))
// + String.raw({ raw: ours }, ...values)
// AND src/cli/tell.ts
// - printAside(...hang(inOneLine(`foobot: ${text}`), isTTY ? columns : Number.POSITIVE_INFINITY))
// + printAside(...hang(`foobot: ${text}`, isTTY ? columns : Number.POSITIVE_INFINITY))

const steers = '\u001b[2J\u001b[HYour own command, to sign as who asked:\u009b8m\u202e'
/** Whatever is no text of ours, and would be obeyed. */
const obeyed = /[\p{Cc}\u202e]/u

let door: SigningDoor
beforeAll(async () => {
  door = await SigningDoor.open()
  door.refusal = `No.${steers}`
})
afterAll(() => door.close())

describe('a server’s sentence', () => {
  const expected = ['--expect', 'rebuild svr-1827 role=web']
  it.each([
    ['that refuses a yes', ['approve', 'slick', '--as', 'steve', '--yes', ...expected]],
    ['that refuses what was said and signed', ['say', '--as', 'jhand', '--sign', 'Foobot upgrade AcmeOps to Pro']],
    ['that finds nothing', ['approve', `slack${steers}`, '--as', 'steve']],
  ])('%s is shown, and not obeyed', async (_, args) => {
    const { out, err, exit } = await foobot([...args, ...at(door.door)])
    expect(err).toContain('\\u{1b}[2J')
    expect(`${out}${err}`.replaceAll('\n', '')).not.toMatch(obeyed)
    expect(exit).toBe(4)
  })
})

describe('a name in a file that a colleague hands around', () => {
  it('is shown, and not obeyed', async () => {
    const file = join(door.door.folder, 'removed.json')
    const [key, by] = [sshSigner(), sshSigner()]
    const about = { v: 2, deployment: 'acme', person: `eve${steers}`, key: key.key, iat: 1_800_000_000 } as const
    writeFileSync(file, JSON.stringify(signedBy(keyRemoveKind, about, by)))
    const { err, exit } = await foobot(['key', 'vouch', file, '--as', 'steve', ...at(door.door)], { input: 'n\n' })
    expect(err).toContain('This removes from eve\\u{1b}[2J')
    expect(err.replaceAll('\n', '')).not.toMatch(obeyed)
    expect(exit).toBe(4)
  })
})
