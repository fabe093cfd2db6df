import { describe, expect, test } from 'vitest'
import { hear, runnerReads } from './hearing.fixture.ts'

/** Letters of other scripts that look like ASCII ones, by what they look like (from Unicode's confusables). */
const lookAlikes: Readonly<Record<string, string>> = {
  a: 'аɑαａ𝐚𝒂𝖆',
  d: 'ԁⅾｄ𝐝𝕕',
  e: 'еҽｅ𝐞ℯ',
  l: 'ⅼｌ𝐥Ⅰӏǀ',
  o: 'оοօｏ𝐨ℴ০',
  p: 'рρ⍴ｐ𝐩',
  r: 'гᴦｒ𝐫',
  s: 'ѕꜱｓ𝐬',
  t: 'ｔ𝐭𝗍',
  y: 'уγｙ𝐲ყ',
}

/** Every code point that compatibility folding turns into one ASCII letter. */
const foldable = (letter: string): string[] => {
  const found: string[] = []
  for (let code = 0x80; code <= 0x1ffff; code += 1) {
    if (code >= 0xd800 && code <= 0xdfff) continue
    const character = String.fromCodePoint(code)
    const folded = character.normalize('NFKC')
    if ((folded === letter || folded === letter.toUpperCase()) && character.normalize('NFC') === character)
      found.push(character)
  }
  return found
}

const variants = (word: string): string[] =>
  [...word].flatMap((letter, index) =>
    [...(lookAlikes[letter] ?? ''), ...foldable(letter)].map(
      (like) => word.slice(0, index) + like + word.slice(index + 1),
    ),
  )

describe('15: a look-alike of a command', () => {
  test('is no command, and is never taken for the one that it looks like', () => {
    const all = variants('deploy')
    expect(all.length).toBeGreaterThan(100)
    for (const verb of all) expect(hear(`Foobot ${verb} shop`)).toEqual({ kind: 'unknown', near: [] })
  })

  test('as a target is refused', () => {
    for (const target of variants('salt')) expect(hear(`Foobot deploy ${target}`)).toMatchObject({ kind: 'complaint' })
    expect(() => runnerReads('deploy', 'deploy sаlt')).toThrow('not canonical')
  })

  test('as an option, a listed value or a word between is refused', () => {
    expect(hear('Foobot deploy shop -drу-run')).toMatchObject({ kind: 'complaint' })
    expect(hear('Foobot upgrade Acme to Рro')).toMatchObject({ kind: 'complaint' })
    expect(hear('Foobot upgrade Acme tо Pro')).toMatchObject({ kind: 'complaint' })
  })

  test('the real one is understood', () => {
    expect(hear('Foobot deploy shop')).toMatchObject({ kind: 'command', text: 'deploy shop' })
  })
})
