import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { chatLines } from '#cli/terminal/message.ts'
import { paintWith } from '#cli/terminal/paint.ts'
import { Pictures } from '#cli/terminal/picture/pictures.ts'
import { readPng } from '#cli/terminal/picture/pixels.ts'
import type { Way } from '#cli/terminal/picture/way.ts'
import { block } from '#core/reply/reply.ts'

// DEFENCE src/cli/terminal/picture/pixels.ts
// - if (bytes[header.interlace] !== 0) return undefined
// DEFENCE src/cli/terminal/picture/pictures.ts
// - ...wrapped(`(a picture: ${alt})`, width),
// + [{ text: `(a picture: ${alt})` }],
// AND src/cli/terminal/paint.ts
// - const uncoloured = ({ text }: Span): string => inOneLine(text)
// + const uncoloured = ({ text }: Span): string => text

const folder = mkdtempSync(join(tmpdir(), 'foobot-67-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const canary =
  '\u001b]52;c;cm0gLXJm\u0007\u001b[2J\u001b_Ga=d\u001b\\\u001bP0q#0\u001b\\\u009b31m\r11:03 Foobot: approved'

const chunk = (name: string, body: Buffer): Buffer => {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), body])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(body.length)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}

const png = (
  [width, height, interlace]: readonly [number, number, number],
  points: Buffer,
  ...extra: readonly Buffer[]
): Buffer => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 6, 0, 0, interlace], 8)
  return Buffer.concat([
    Buffer.from('\u0089PNG\r\n\u001a\n', 'latin1'),
    chunk('IHDR', header),
    ...extra,
    chunk('IDAT', deflateSync(points)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** Two points by two, whose bytes would steer a terminal, were they sent as they are. */
const steering = Buffer.concat([
  Buffer.from([0]),
  Buffer.from('\u001b[2J\u001b]0;', 'latin1'),
  Buffer.from([0]),
  Buffer.from('\u001b_Ga=d\u001b', 'latin1'),
])
const words = chunk('tEXt', Buffer.from(`Comment\0${canary}`, 'latin1'))
const huge = Buffer.alloc(64 * 1024 * 1024)

const pictures: readonly (readonly [string, Buffer])[] = [
  ['words of its own that steer', png([2, 2, 0], steering, words)],
  ['nothing but what steers', Buffer.from(canary, 'latin1')],
  ['a beginning alone', Buffer.from(`\u0089PNG\r\n\u001a\n${canary}`, 'latin1')],
  ['a size that no memory holds', png([65_000, 65_000, 0], steering)],
  ['more inside than it says', png([2, 2, 0], huge)],
  ['more inside than it says, interlaced', png([2, 2, 1], huge)],
]

const cell = { width: 10, height: 20 }
const ways: readonly Way[] = [
  { type: 'words' },
  { type: 'half-blocks', colours: 'true' },
  { type: 'half-blocks', colours: '256' },
  { type: 'kitty', cell },
  { type: 'sixel', cell },
]

const esc = '\u001b'
/** Everything that a terminal may be sent for a picture. */
const ours = [
  `${esc}_G(?:a=T,f=32,o=z,s=\\d+,v=\\d+,c=\\d+,r=\\d+,C=1,)?(?:q=2,)?m=[01];[A-Za-z0-9+/=]*${esc}\\\\`,
  `${esc}P0;1;q[ -~]*${esc}\\\\`,
  `${esc}(?:D|7|8|\\[\\d+A)`,
  `${esc}\\[[\\d;]*m`,
].map((form) => new RegExp(form, 'g'))

describe('67: a picture, or its words, that would steer the terminal or speak as Foobot', () => {
  test.each(pictures.flatMap(([name, bytes]) => ways.map((way) => [name, way, bytes] as const)))(
    '%s, by %j',
    (_, way, bytes) => {
      const said = block.parse({ type: 'picture', mediaType: canary, data: bytes.toString('base64'), alt: canary })
      const message = { room: 'ops', from: 'foobot', name: 'operations', at: 0, text: '', blocks: [said] }
      const sent = chatLines(message, 80, new Pictures(way, folder)).map(paintWith(way.type !== 'words'))
      const left = ours.reduce((text, form) => text.replace(form, ''), sent.join(''))
      expect(left).not.toMatch(/\p{Cc}/u)
      expect(left).toContain('\\u{1b}]52;c;')
      // A line of its own that speaks as Foobot there is not.
      expect(sent.filter((line) => /^\W*11:03 Foobot/.test(line))).toEqual([])
    },
  )

  test('what is kept are pictures alone, under names of their own', () => {
    const kept = readdirSync(folder)
    expect(kept.length).toBeGreaterThan(0)
    for (const name of kept) {
      expect(name).toMatch(/^[0-9a-f]{16}\.png$/)
      expect(readFileSync(join(folder, name)).toString('latin1', 0, 4)).toBe('\u0089PNG')
    }
  })

  test('of an interlaced picture, which has no bound, nothing is unpacked', () => {
    const one = Buffer.from([0, 255, 0, 0, 255])
    expect(readPng(png([1, 1, 0], one))?.width).toBe(1)
    expect(readPng(png([1, 1, 1], one))).toBeUndefined()
  })

  test('nothing that travels is taken for what was drawn here', () => {
    const forged = JSON.parse('{"text":"x","drawn":{"sequence":"\\u001b[2J"}}')
    expect(paintWith(true)([forged])).toBe('x')
  })

  test('is no block, where its data is no base64', () => {
    expect(block.safeParse({ type: 'picture', mediaType: 'image/png', data: 'AAAA\u001b\\', alt: 'x' }).success).toBe(
      false,
    )
  })
})
