import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ownCommands } from './own-commands.ts'
import { nearWord, pickWord, words } from './words.ts'

/** Letters that must be changed, added or left out to make one word of the other. */
const distance = (a: string, b: string): number => {
  let above = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (const [row, letter] of [...a].entries()) {
    const line = [row + 1]
    for (const [column, other] of [...b].entries()) {
      line.push(
        Math.min(
          (above[column + 1] ?? 0) + 1,
          (line[column] ?? 0) + 1,
          (above[column] ?? 0) + (letter === other ? 0 : 1),
        ),
      )
    }
    above = line
  }
  return above[b.length] ?? 0
}

/** How words begin that nobody should have to say in the room of a company. */
const unfriendly =
  /^(abus|agon|angr|arson|assass|attack|bastard|battl|beer|bitch|blood|bomb|booze|bull[es]|butcher|catholic|cancer|christ|church|cock|coffin|corpse|crime|cruel|damn|dead|death|demo[nc]|devil|dick|die|drug|drunk|enem|evil|fascis|fat|fear|fight|funeral|ghost|god|grave|grief|gun|hate|hell|idiot|injur|insan|islam|jesus|jew[^e]|kill|knife|lonel|loser|lynch|mosque|murder|muslim|naked|nazi|nude|pain[^t]|pistol|piss|poison|politic|porn|pope|pray|priest|prison|racis|rape|rebel|republic|rifle|sad|senat|sex|shame|shit|shoot|sick|skull|slave|slut|soldier|sorrow|stab|stupid|suicid|sword|tear|temple|terror|thie[fv]|tomb|tortur|troop|tyran|ugly|vampir|victim|violen|vodka|vomit|vote|war[^bm]|weapon|whisk[ey]|whor|widow|wine|wound)/

describe('the words', () => {
  it('are many, each once, plain and of five to eight letters', () => {
    expect(words.length).toBeGreaterThanOrEqual(1_000)
    expect(new Set(words).size).toBe(words.length)
    expect(words).toContain('slick')
    expect(words.filter((word) => !/^[a-z]{5,8}$/.test(word))).toEqual([])
  })

  it('are at least three letters apart', () => {
    const close = words.flatMap((word, at) =>
      words
        .slice(at + 1)
        .filter((other) => Math.abs(word.length - other.length) < 3 && distance(word, other) < 3)
        .map((other) => `${word} ${other}`),
    )
    expect(close).toEqual([])
  })

  it('are friendly', () => {
    expect(words.filter((word) => unfriendly.test(word))).toEqual([])
  })

  it('are not what is said to Foobot for another reason', () => {
    const spoken = new Set(ownCommands.flatMap(({ template }) => template.split(/[^a-z]+/)))
    for (const word of ['foobot', 'cause', 'clear', 'reason', 'build', 'deploy', 'rebuild', 'upgrade']) spoken.add(word)
    expect(words.filter((word) => spoken.has(word))).toEqual([])
  })
})

describe('picking a word', () => {
  const zeroToOne = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

  it('never gives one that is taken, down to the last', () => {
    fc.assert(
      fc.property(fc.array(zeroToOne, { minLength: words.length, maxLength: words.length }), (chances) => {
        const taken = new Set<string>()
        for (const chance of chances)
          taken.add(
            pickWord(
              (word) => taken.has(word),
              () => chance,
            ) ?? '',
          )
        expect(taken.size).toBe(words.length)
        expect(
          pickWord(
            (word) => taken.has(word),
            () => 0,
          ),
        ).toBeUndefined()
      }),
      { numRuns: 10 },
    )
  })

  it('gives each free one the same chance', () => {
    const free = words.slice(0, 4)
    const taken = new Set(words.slice(4))
    const picked = [0, 0.25, 0.5, 0.75].map((chance) =>
      pickWord(
        (word) => taken.has(word),
        () => chance,
      ),
    )
    expect(picked).toEqual(free)
    expect(
      pickWord(
        (word) => taken.has(word),
        () => 0.999_999,
      ),
    ).toBe(free[3])
  })
})

describe('a word that is nearly right', () => {
  const letter = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz')

  it('is found whatever one letter was', () => {
    const typo = fc
      .constantFrom(...words)
      .chain((word) =>
        fc.tuple(fc.constant(word), fc.nat(word.length - 1), letter, fc.constantFrom('other', 'more', 'less')),
      )
    fc.assert(
      fc.property(typo, ([word, at, by, kind]) => {
        const said = word.slice(0, at) + (kind === 'less' ? '' : by) + word.slice(kind === 'more' ? at : at + 1)
        expect(nearWord(said, words)).toBe(said === word ? undefined : word)
      }),
    )
  })

  it('is as near as a count of letters says', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: letter, maxLength: 6 }),
        fc.string({ unit: letter, maxLength: 6 }),
        (said, word) => {
          expect(nearWord(said, [word])).toBe(distance(said, word) === 1 ? word : undefined)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('is none where two are as near, or what is right waits', () => {
    expect(nearWord('slik', ['slick', 'slip'])).toBeUndefined()
    expect(nearWord('slick', ['slick'])).toBeUndefined()
    expect(nearWord('slik', ['slick', 'slick'])).toBe('slick')
    expect(nearWord('slk', ['slick'])).toBeUndefined()
  })
})
