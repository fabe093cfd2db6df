import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { at, foobot } from './cli.fixture.ts'
import { Door } from './native-door.fixture.ts'
import { Terminal } from './terminal.fixture.ts'

const original = readFileSync(new URL('../../examples/acme/pictures/mansel.png', import.meta.url))

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const doorOf = async (): Promise<Door> => {
  const door = await Door.open()
  cleanups.push(() => door.close())
  return door
}
const keptIn = (door: Door): string => join(door.folder, 'state', 'foobot', 'pictures')

describe('a picture', () => {
  it('is drawn in a terminal in tmux, told in words, kept as a file, and in nobody’s way', async () => {
    const door = await doorOf()
    const env = `COLORTERM=truecolor XDG_STATE_HOME=${join(door.folder, 'state')}`
    const terminal = await Terminal.open(door, { env, rows: 40 })
    cleanups.push(() => terminal.close())
    await terminal.until('jhand@devs>')
    await terminal.type('Foobot draw')
    await terminal.press('Enter')
    const seen = await terminal.until('(a picture: Michael Ansel)')
    expect(seen.match(/▀{20,}/g)?.length).toBeGreaterThan(20)
    expect(await terminal.seen('-e')).toContain('38;2;169;203;239')
    const [file = ''] = readdirSync(keptIn(door))
    expect(readFileSync(join(keptIn(door), file))).toEqual(original)
    await terminal.type('Foobot hello')
    await terminal.press('Enter')
    await terminal.until(/Foobot: Hello yourself\./)
  })

  it('is words and a file where output is no terminal', async () => {
    const door = await doorOf()
    const env = { XDG_STATE_HOME: join(door.folder, 'state') }
    const { out, err } = await foobot(['say', '--as', 'jhand', '--room', 'devs', ...at(door), 'Foobot draw'], { env })
    const [file = ''] = readdirSync(keptIn(door))
    expect({ out, err }).toEqual({ out: `(a picture: Michael Ansel)\n${join(keptIn(door), file)}\n`, err: '' })
  })

  it('is carried whole in JSON', async () => {
    const door = await doorOf()
    const said = ['say', '--as', 'jhand', '--room', 'devs', '--json', ...at(door), 'Foobot draw']
    const { out } = await foobot(said, { env: { XDG_STATE_HOME: join(door.folder, 'state') } })
    const reply = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .find(({ type }) => type === 'reply')
    expect(Buffer.from(reply.blocks[0].data, 'base64')).toEqual(original)
    expect(readdirSync(door.folder)).not.toContain('state')
  })
})
