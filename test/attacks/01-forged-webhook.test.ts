import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Beacon, now, shared, startBeacon, timed, untimed } from './beacon.fixture.ts'

// DEFENCE src/core/command/verifier.ts
// - if (!given.some((one) => isSame(one.trim(), prefix, expected))) return no('no signature holds')

// DEFENCE src/core/command/verifier.ts
// - if (!/^[0-9a-f]{64}$/.test(digits)) return false

// DEFENCE src/core/command/verifier.ts
// - Math.abs(now - at) > window
// + false

// DEFENCE src/core/command/verifier.ts
// - timingSafeEqual(digestOf(headers[header.toLowerCase()] ?? ''), expected)
// + true

/**
 * Somebody posts what a vendor never sent: nothing is made of it, and the room hears nothing. The defence is
 * `src/core/command/verifier.ts`: an HMAC over the raw bytes and the time, one way to write it, compared in constant time;
 * and `src/runner/webhooks.ts`, which hands a delivery to nobody before that.
 */
describe('a forged webhook', () => {
  let beacon: Beacon
  beforeAll(async () => {
    beacon = await startBeacon()
  })
  afterAll(() => beacon.close())

  const flipped = (text: string, at: number, bit: number): string =>
    text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ bit) + text.slice(at + 1)

  it('is refused for each byte of body, signature and time that is another', async () => {
    const genuine = timed('hi')
    const { body } = genuine
    const { 'x-beacon-time': time = '', 'x-beacon-signature': signature = '' } = genuine.headers
    const post = (changed: Partial<Record<'body' | 'time' | 'signature', string>>) =>
      beacon.bot.delivers('timed', {
        body: changed.body ?? body,
        headers: {
          'x-beacon-time': changed.time ?? time,
          'x-beacon-signature': changed.signature ?? signature,
        },
      })
    const forgeries = [
      ...[...body].map((_, at) => ({ body: flipped(body, at, 1) })),
      ...[...time].map((_, at) => ({ time: flipped(time, at, 1) })),
      ...[...signature].map((_, at) => ({ signature: flipped(signature, at, 1) })),
      // Letters in the other case are the same bytes to a decoder of hex.
      ...[...signature].flatMap((letter, at) =>
        /[a-z]/.test(letter) ? [{ signature: flipped(signature, at, 0x20) }] : [],
      ),
    ]
    expect(forgeries.length).toBeGreaterThan(100)
    // Of a source that was never genuine, the runner is not asked so often.
    expect(await beacon.bot.delivers('timed', timed('hello'))).toBe(200)
    const statuses: number[] = []
    for (const forgery of forgeries) statuses.push(await post(forgery))
    expect(statuses.filter((status) => status !== 401)).toEqual([])
    expect(beacon.calls('timed')).toBe(1)
    // What was not changed is taken: it was refused for its bytes alone.
    expect(await post({})).toBe(200)
    expect(await beacon.bot.told(2)).toEqual(['hello', 'hi'])
    expect(beacon.calls('timed')).toBe(2)
  })

  it.each<[string, string, { body: string | Uint8Array<ArrayBuffer>; headers: Record<string, string> }]>([
    ['without a signature', 'timed', { ...timed('a'), headers: { 'x-beacon-time': String(now()) } }],
    ['without a time', 'timed', { ...timed('b'), headers: { 'x-beacon-signature': 'v1=00' } }],
    ['by another key', 'timed', timed('c', now(), 'another key of the same length, made by nobody')],
    ['that is old', 'timed', timed('d', now() - 400)],
    ['from the future', 'timed', timed('e', now() + 400)],
    [
      'whose signature is cut',
      'timed',
      { ...timed('f'), headers: { ...timed('f').headers, 'x-beacon-signature': 'v1=ab' } },
    ],
    [
      'whose signature is empty',
      'timed',
      { ...timed('g'), headers: { ...timed('g').headers, 'x-beacon-signature': 'v1=' } },
    ],
    ['signed for a webhook that signs no time', 'timed', { ...untimed({ say: 'h' }) }],
    ['with a body of something else behind it', 'untimed', { ...untimed({ say: 'i' }), body: '{"say":"i"} ' }],
    ['in other bytes of the same JSON', 'untimed', { ...untimed({ say: 'j' }), body: '{"say": "j"}' }],
    [
      'with more signatures than anybody makes',
      'untimed',
      {
        ...untimed({ say: 'k' }),
        headers: {
          'x-beacon-signature': `${'v1=00,'.repeat(8)}${untimed({ say: 'k' }).headers['x-beacon-signature']}`,
        },
      },
    ],
    [
      'that shows another secret',
      'shared',
      { body: 'l', headers: { 'x-beacon-secret': 'a-secret-that-only-the-beacon-and-its-runner-knew' } },
    ],
    [
      'that shows the beginning of the secret',
      'shared',
      { body: 'm', headers: { 'x-beacon-secret': 'a-secret-that-only' } },
    ],
    ['that shows none', 'shared', { body: 'n', headers: {} }],
  ])('%s is refused', async (_, path, posted) => {
    const before = ['timed', 'untimed', 'shared'].map(beacon.calls)
    expect(await beacon.bot.delivers(path, posted)).toBe(401)
    expect(['timed', 'untimed', 'shared'].map(beacon.calls)).toEqual(before)
  })

  it('learns nothing of what there is', async () => {
    expect(await beacon.bot.delivers('nothing-here', timed('x'))).toBe(404)
    // Listed in the bundle, and served by no plugin.
    expect(await beacon.bot.delivers('elsewhere', timed('x'))).toBe(404)
    expect(await beacon.bot.delivers('..%2Ftimed', timed('x'))).toBe(404)
    expect(await beacon.bot.delivers('timed', { body: 'x'.repeat(300_000), headers: {} })).toBe(413)
    expect(beacon.calls('timed')).toBe(2)
  })

  it('starts no command, though its vendor signed it: what it says is said, and heard by nobody', async () => {
    expect(await beacon.bot.delivers('shared', shared('Foobot beacon'))).toBe(200)
    expect((await beacon.bot.told(3)).at(-1)).toBe('Foobot beacon')
    const { text } = await beacon.bot.says('requests', { as: 'jhand' })
    expect(text).not.toContain('beacon')
  })
})
