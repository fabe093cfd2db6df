import { describe, expect, test } from 'vitest'
import { hear } from './hearing.fixture.ts'

describe('20: a dash that a phone made long', () => {
  test.each(['-dry-run', '--dry-run', '–dry-run', '—dry-run', '—Dry-Run'])('%s is the option', (option) => {
    expect(hear(`Foobot deploy shop ${option}`)).toMatchObject({ text: 'deploy shop -dry-run', args: { dryRun: true } })
  })

  test.each(['‐', '‑', '‒', '―', '−', '﹣', '－', '——', '---', '-—'])(
    'with %s the line is refused, never run without its option',
    (dash) => {
      for (const line of [
        `deploy shop ${dash}dry-run`,
        `commit -am fix it ${dash}dry-run`,
        `upgrade ${dash}dry-run to Pro`,
      ]) {
        expect(['refused', 'complaint']).toContain(hear(`Foobot ${line}`).kind)
      }
    },
  )

  test('is never swallowed: out of its place, or in free text, an option is refused', () => {
    for (const dash of ['-', '--', '–', '—']) {
      expect(hear(`Foobot deploy ${dash}dry-run shop`)).toMatchObject({ kind: 'complaint' })
      expect(hear(`Foobot upgrade ${dash}dry-run to Pro`)).toMatchObject({ kind: 'complaint' })
      expect(hear(`Foobot deploy ${dash}dry-run`)).toMatchObject({ kind: 'complaint' })
      expect(hear(`Foobot commit -am fix it ${dash}dry-run`)).toMatchObject({ kind: 'complaint' })
      expect(hear(`Foobot deploy shop ${dash} dry-run`)).toMatchObject({ kind: 'complaint' })
    }
  })
})
