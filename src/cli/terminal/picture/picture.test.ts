import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { inflateSync } from 'node:zlib'
import { PNG } from 'pngjs'
import { afterEach, describe, expect, it } from 'vitest'
import { paintWith } from '../paint.ts'
import { askTerminal, readAnswer } from './ask-terminal.ts'
import { keepPicture, pictureFolder } from './keep.ts'
import { Pictures } from './pictures.ts'
import { readPng } from './pixels.ts'
import { resized } from './resize.ts'
import { type Way, wayOf } from './way.ts'

const esc = '\u001b'

type Colour = readonly [red: number, green: number, blue: number, opacity: number]

/** A PNG of these rows of points. */
const pngOf = (rows: readonly (readonly Colour[])[]): Buffer => {
  const png = new PNG({ width: rows[0]?.length ?? 0, height: rows.length })
  png.data = Buffer.from(rows.flat(2))
  return PNG.sync.write(png)
}
const red: Colour = [255, 0, 0, 255]
const blue: Colour = [0, 0, 255, 255]
const none: Colour = [0, 0, 0, 0]
const four = pngOf([
  [red, blue],
  [none, red],
])

const shown = (way: Way, bytes: Buffer, width = 80): readonly string[] =>
  new Pictures(way)
    .lines({ type: 'picture', mediaType: 'image/png', data: bytes.toString('base64'), alt: 'four points' }, width)
    .map(paintWith(true))

const folder = mkdtempSync(join(tmpdir(), 'foobot-pictures-'))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a picture', () => {
  const cell = { width: 10, height: 20 }

  it('is drawn in half blocks: two points in each character', () => {
    expect(shown({ type: 'half-blocks', colours: 'true' }, four)).toEqual([
      '\u001b[0;38;2;255;0;0m▀\u001b[0;38;2;0;0;255;48;2;255;0;0m▀\u001b[0m',
      '(a picture: four points)',
    ])
    expect(shown({ type: 'half-blocks', colours: '256' }, four)[0]).toBe(
      '\u001b[0;38;5;196m▀\u001b[0;38;5;21;48;5;196m▀\u001b[0m',
    )
  })

  it('is sent to kitty as its points', () => {
    const [drawn = '', ...rest] = shown({ type: 'kitty', cell }, four)
    const [, about, payload = ''] = new RegExp(`${esc}_G([^;]*);([A-Za-z0-9+/=]*)${esc}`).exec(drawn) ?? []
    expect(about).toBe('a=T,f=32,o=z,s=2,v=2,c=1,r=1,C=1,q=2,m=0')
    expect([...inflateSync(Buffer.from(payload, 'base64'))]).toEqual([...red, ...blue, ...none, ...red])
    expect(rest).toEqual(['', '(a picture: four points)'])
  })

  it('is sent in pieces where it is large, each with what it must have', () => {
    const noise = pngOf(
      Array.from({ length: 64 }, (_, y) =>
        Array.from({ length: 64 }, (_, x): Colour => [(x * 37) ^ (y * 91), (x * y) % 256, (x * 7 + y * 13) % 256, 255]),
      ),
    )
    const [drawn = ''] = shown({ type: 'kitty', cell }, noise)
    const pieces = [...drawn.matchAll(new RegExp(`${esc}_G([^;]*);([^${esc}]*)${esc}`, 'g'))]
    expect(pieces.length).toBeGreaterThan(1)
    expect(pieces.map(([, about]) => about?.endsWith('m=1'))).toEqual(
      pieces.map((_, index) => index < pieces.length - 1),
    )
    const whole = pieces.map(([, , payload]) => payload).join('')
    expect(Math.max(...pieces.map(([, , payload = '']) => payload.length))).toBeLessThanOrEqual(4096)
    expect(inflateSync(Buffer.from(whole, 'base64'))).toHaveLength(40 * 40 * 4)
  })

  it('is sent as sixels, over rows that were made for it', () => {
    const [drawn = ''] = shown({ type: 'sixel', cell }, four)
    expect(drawn.replaceAll(esc, '^')).toMatch(/^\^D\^\[1A\^7\^P0;1;q"1;1;2;2[^^]*\^\\\^8$/)
  })

  it('is told in words where a terminal shows none, and where it is no picture', () => {
    expect(shown({ type: 'words' }, four)).toEqual(['(a picture: four points)'])
    expect(shown({ type: 'kitty', cell }, Buffer.from('no picture'))).toEqual(['(a picture: four points)'])
  })

  it('takes no more room than there is', () => {
    const tall = pngOf(Array.from({ length: 200 }, (): Colour[] => [red]))
    const lines = shown({ type: 'half-blocks', colours: 'true' }, tall)
    expect(lines.length).toBeLessThanOrEqual(27)
  })

  it('keeps a thin line when it is made smaller', () => {
    const ground: Colour = [20, 20, 20, 255]
    const line = pngOf(Array.from({ length: 16 }, (_, y) => Array.from({ length: 16 }, () => (y === 7 ? red : ground))))
    const pixels = readPng(line)
    if (!pixels) throw new Error('it is a picture')
    expect(resized(pixels, 1, 1).data[0]).toBeLessThan(40)
    expect(resized(pixels, 1, 1, 0.55).data[0]).toBeGreaterThan(140)
  })
})

describe('what a terminal says', () => {
  it.each([
    [
      '\u001b_Gi=31;OK\u001b\\\u001b[6;18;9t\u001b[?62;c',
      { kitty: true, sixel: false, cell: { width: 9, height: 18 } },
    ],
    ['\u001b_Gi=31;ENOENT:x\u001b\\\u001b[?62;4;22c', { kitty: false, sixel: true }],
    ['\u001b[?2;0;800;680S\u001b[?63;4c', { kitty: false, sixel: true, cell: { width: 8, height: 17 } }],
    ['\u001b[6;0;0t\u001b[?1;2c', { kitty: false, sixel: false }],
    ['\u001b[?64;44c', { kitty: false, sixel: false }],
    ['', { kitty: false, sixel: false }],
  ])('%j', (heard, says) => expect(readAnswer(heard, { columns: 100, rows: 40 })).toEqual(says))

  /** A terminal that answers this. */
  const terminal = (answer: string) => {
    const modes: boolean[] = []
    const input = Object.assign(new PassThrough(), {
      isTTY: true,
      isRaw: false,
      setRawMode: (raw: boolean) => modes.push(raw),
    }) as unknown as NodeJS.ReadStream
    const output = { write: () => (input as unknown as PassThrough).write(answer) } as unknown as NodeJS.WriteStream
    return { input, output, modes }
  }

  it('is heard at once, and what is typed meanwhile is kept', async () => {
    const { input, output, modes } = terminal('he\u001b[6;20;10t\u001b[?62;4cllo\n')
    expect(await askTerminal(input, output)).toEqual({ kitty: false, sixel: true, cell: { width: 10, height: 20 } })
    expect(modes).toEqual([true, false])
    expect(String(input.read())).toBe('hello\n')
    expect(await askTerminal(input, output)).toMatchObject({ sixel: true })
  })

  it('is waited for no longer than a moment', async () => {
    const { input, output } = terminal('')
    expect(await askTerminal(input, output)).toEqual({ kitty: false, sixel: false })
  })
})

describe('the way of a terminal', () => {
  const of = (environment: NodeJS.ProcessEnv, depth = 24, isTTY = true) =>
    wayOf({
      input: {} as NodeJS.ReadStream,
      output: { isTTY, getColorDepth: () => depth } as unknown as NodeJS.WriteStream,
      environment,
    })
  const kitty = { type: 'kitty', cell: { width: 10, height: 20 } }

  it.each([
    [{ TERM: 'xterm-kitty' }, kitty],
    [{ TERM: 'xterm-256color', TERM_PROGRAM: 'WezTerm' }, kitty],
    [{ TERM: 'xterm-kitty', NO_COLOR: '1' }, { type: 'words' }],
    [
      { TERM: 'tmux-256color', TMUX: '/tmp/tmux', KITTY_WINDOW_ID: '1' },
      { type: 'half-blocks', colours: 'true' },
    ],
    [{ TERM: 'xterm-256color' }, { type: 'half-blocks', colours: 'true' }],
    [{ TERM: 'dumb' }, { type: 'words' }],
  ])('%j', async (environment, way) => expect(await of(environment)).toEqual(way))

  it('has as many colours as there are', async () => {
    expect(await of({ TERM: 'xterm-256color' }, 8)).toEqual({ type: 'half-blocks', colours: '256' })
    expect(await of({ TERM: 'linux' }, 4)).toEqual({ type: 'words' })
    expect(await of({ TERM: 'xterm-kitty' }, 24, false)).toEqual({ type: 'words' })
  })
})

describe('a kept picture', () => {
  it('is one file of its user, named by its bytes', () => {
    const file = keepPicture(join(folder, 'a', 'b'), four)
    expect(file).toMatch(/\/a\/b\/[0-9a-f]{16}\.png$/)
    expect(keepPicture(join(folder, 'a', 'b'), four)).toBe(file)
    expect(readFileSync(file ?? '')).toEqual(four)
    expect(statSync(file ?? '').mode & 0o777).toBe(0o600)
    expect(keepPicture(folder, Buffer.from('#!/bin/sh\n'))).toBeUndefined()
    expect(keepPicture(join(file ?? '', 'no-folder'), four)).toBeUndefined()
  })

  it('gives way to newer ones', () => {
    for (let index = 0; index < 203; index++) {
      const file = keepPicture(folder, Buffer.concat([four, Buffer.from(String(index))]))
      utimesSync(file ?? '', index, index)
    }
    expect(readdirSync(folder)).toHaveLength(200)
  })

  it('lies where its user’s state does', () => {
    expect(pictureFolder({ XDG_STATE_HOME: '/state' })).toBe('/state/foobot/pictures')
    expect(pictureFolder({ XDG_STATE_HOME: 'relative' })).toMatch(/\.local\/state\/foobot\/pictures$/)
  })
})
