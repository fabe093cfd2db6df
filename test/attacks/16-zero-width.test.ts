import { describe, expect, test } from 'vitest'
import { hear, runnerReads } from './hearing.fixture.ts'

const line = 'Foobot deploy shop -dry-run'

/** Every format character, and those that are drawn as nothing without being one. */
const invisible: string[] = []
for (let code = 0x80; code <= 0xe0fff; code += 1) {
  if (code >= 0xd800 && code <= 0xdfff) continue
  const character = String.fromCodePoint(code)
  if (/[\p{Cf}\p{Default_Ignorable_Code_Point}]/u.test(character) && !/\p{Cn}/u.test(character))
    invisible.push(character)
}

describe('16: a character that nobody sees', () => {
  test('is refused wherever it stands, or makes the line somebody else’s where it stands in the name', () => {
    expect(invisible.length).toBeGreaterThan(300)
    for (const character of invisible) {
      for (let at = 0; at <= line.length; at += 1) {
        const { kind } = hear(line.slice(0, at) + character + line.slice(at))
        expect(at <= 'Foobot'.length ? ['not for us', 'refused'] : ['refused']).toContain(kind)
      }
    }
  })

  test('in a statement is refused by the runner', () => {
    for (const character of invisible) {
      expect(() => runnerReads('commit', `commit -am fix${character} it`)).toThrow('not canonical')
    }
  })
})
