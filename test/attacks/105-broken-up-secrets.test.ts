import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bot, testBot } from '../../src/testing.ts'

/**
 * A command's output holds a secret of its runner, and the program that wrote it has broken it up: over lines, into groups,
 * with separators, or as a dump with offsets and the text beside. Who reads the room puts it together again.
 */

// DEFENCE src/runner/redact/finder.ts
// - this.#loose = [new Scan(hex, asHex, found), new Scan(base64, asBase64, found), new Scan(text, asText, found)]
// + this.#loose = []

// DEFENCE src/runner/redact/finder.ts
// - this.#dump.take(unit, this.#at)

// DEFENCE src/runner/redact/readings.ts
// - if (lineBreaks.has(unit)) return before === backslash ? between.undoLine : between.line

// DEFENCE src/runner/redact/finder.ts
// - if (this.#sequences.take(unit)) {
// + if (unit < 0) {

// DEFENCE src/runner/redact/readings.ts
// - isPunctuation(unit) || spaces.has(unit) || lineBreaks.has(unit) || unseen.has(unit) ? between.skip : between.stop
// + spaces.has(unit) || lineBreaks.has(unit) || unseen.has(unit) ? between.skip : between.stop

// DEFENCE src/runner/redact/finder.ts
// - return Math.min(this.#at, ...open.filter((from) => from !== undefined))
// + return this.#at

const secret = 'Zq9-c4n4ry/s3cr3t+0f_thx&rvnnxr=W7kLm2Xv8pTdR4yBn6Hs'
const before = ['', 'a', 'user:']

const folder = mkdtempSync(join(tmpdir(), 'foobot-105-'))
const { TMPDIR } = process.env
let bot: Bot
beforeAll(async () => {
  const file = join(folder, 'token')
  writeFileSync(file, secret, { mode: 0o600 })
  // All that server and runner write lies here.
  process.env.TMPDIR = folder
  bot = await testBot({
    plugin: fileURLToPath(new URL('plugins/dumping', import.meta.url)),
    config: { token: { file } },
    people: { eve: ['Devs'] },
    policy: 'permit (principal, action, resource);',
  })
})
afterAll(async () => {
  await bot.close()
  if (TMPDIR === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = TMPDIR
  rmSync(folder, { recursive: true })
})

/** What a terminal shows as a colour. */
const colour = new RegExp(`${'\u001b'}\\[[0-9;]*[mK]`, 'g')

/** What somebody reads in a text who leaves out what stands between, offsets and the text beside a dump. */
const readings = (text: string): readonly string[] => {
  const left = text.replaceAll('[secret]', '§').replace(colour, '')
  const bytes = left
    .split('\n')
    .map((line) => line.replace(/^[ \t]*[0-9a-f]{4,16}(:| -|) +/i, '').split(/ {2}[|>]| {3}/)[0])
    .join('\n')
  const hex = (from: string) =>
    from
      .replace(/0x|\\x/g, '')
      .replace(/[\s\p{P}\p{S}]/gu, '')
      .toLowerCase()
  const digits = left
    .replace(/\\n/g, '')
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/[^\w+/§]/g, '')
  const plain = left.replaceAll('\\/', '/').replaceAll('\\u0026', '&').replaceAll('&amp;', '&')
  return [left.replace(/\\n|\s/g, ''), plain, hex(left), hex(bytes), digits]
}

const bytes = Buffer.from(secret)
const digitsAt = (at: number): string =>
  Buffer.concat([Buffer.alloc(at), bytes])
    .toString('base64')
    .slice(at === 0 ? 0 : 4)
    .replace(/..==?$|=$/, '')
/** Every piece of so many characters, in each way to write it. */
const pieces = (text: string, size: number): string[] =>
  Array.from({ length: Math.max(0, text.length - size + 1) }, (_, at) => text.slice(at, at + size))
const told = [
  ...pieces(secret, 6),
  ...pieces(bytes.toString('hex'), 12),
  ...pieces(Buffer.from(bytes.subarray(0, 52)).swap16().toString('hex'), 16),
  ...[0, 1, 2].flatMap((at) => pieces(digitsAt(at), 8)),
]

const leaks = (text: string): readonly string[] => {
  const read = readings(text)
  return told.filter((piece) => read.some((one) => one.includes(piece)))
}

const tools = [
  'base64',
  'base64 -w 20',
  'base64 -w 1',
  'base64 -w 64 | tr +/ -_ | tr -d =',
  "base64 -w 30 | sed 's/$/\\\\n/' | tr -d '\\n'",
  'openssl enc -base64',
  'printf -- "-----BEGIN THING-----\\n"; openssl base64; printf -- "-----END THING-----\\n"',
  'f=$(mktemp); openssl asn1parse -genstr "OCT:$(cat)" -noout -out $f; openssl asn1parse -inform DER -in $f -dump; rm $f',
  'xxd',
  'xxd -u -g 1',
  'xxd -c 7 -g 0',
  'xxd -i',
  'xxd -p',
  'xxd -p -c 4',
  'xxd -p -u | fold -w 10',
  'hexdump',
  'hexdump -C',
  'hexdump -v -e \'/1 "%02x:"\'',
  'od -An -tx1',
  'od -tx1',
  'od -A x -t x1z',
  'od -An -tx1 -w5',
  'od -x',
  "xxd -p | tr -d '\\n' | sed 's/../&:/g'",
  "xxd -p | tr -d '\\n' | sed 's/..../& /g'",
  "xxd -p | tr -d '\\n' | sed 's/../0x&, /g'",
  "xxd -p | tr -d '\\n' | sed 's/../\\\\x&/g'",
  "xxd -p | tr -d '\\n' | sed 's/../\\\\u00&/g' | tr a-f A-F",
  'fold -w 7',
  "fold -w 9 | sed 's/^/    /'",
  "fold -w 11 | sed 's/$/\\\\n/' | tr -d '\\n'",
  "xxd -g 2 | sed 's/[0-9a-f][0-9a-f]/\\x1b[1;32m&\\x1b[0m/g'",
  "xxd -p | sed 's/../\\x1b[31m&\\x1b[0m /g'",
  "base64 -w 16 | sed 's/.*/\\x1b[32m&\\x1b[0m/'",
  "grep --color=always '[3-9]'",
  "xxd -p | tr -d '\\n' | sed 's/../│ & │\\n/g'",
  "base64 -w 12 | sed 's/.*/│ & │/'",
  "sed 's,/,\\\\/,g'",
  "sed 's/&/\\\\u0026/g'",
  "sed 's/&/\\&amp;/g'",
]

describe('a secret that a program has broken up', () => {
  it.each(tools)('does not leave in what is said: %s', async (tool) => {
    for (const start of before) {
      const script = `{ printf %s '${start}'; cat; } | { ${tool}; }`
      const said = Buffer.from(script).toString('base64url')
      for (const command of ['dump', 'spell']) {
        const { state, text, blocks } = await bot.says(`${command} ${said}`, { as: 'eve' })
        expect([state, text.length > 0], text).toEqual(['done', true])
        expect(leaks(text), `${start} ${text}`).toEqual([])
        expect(leaks(blocks.map((block) => JSON.stringify(block)).join('\n'))).toEqual([])
      }
    }
  })

  it('stands nowhere in what the server and the runner have written', () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile() && path !== join(folder, 'token'))
    expect(files.length).toBeGreaterThan(10)
    for (const path of files) expect(leaks(readFileSync(path, 'latin1')), path).toEqual([])
  })

  it('would be seen', () => {
    expect(leaks(bytes.toString('base64').replace(/.{9}/g, '$&\n')).length).toBeGreaterThan(10)
    expect(leaks(bytes.toString('hex').replace(/../g, '$& ')).length).toBeGreaterThan(10)
    expect(leaks(secret.replace(/.{5}/g, '$&\n')).length).toBeGreaterThan(10)
    expect(leaks('nothing of the kind [secret]')).toEqual([])
  })
})
