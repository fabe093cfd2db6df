import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { bounds, boundText } from '../../src/bounds/bound.ts'
import { isTest, readSources, root } from './sources.ts'

/** Every file that declares a bound: loading it is what declares it. */
const declaring = readSources(['src']).filter(
  ({ path, text }) => !isTest(path) && path !== 'src/bounds/bound.ts' && /\bbound\(\s*'/.test(text),
)

it('docs/limits.md lists every bound, its default and its sentence', async () => {
  for (const { path } of declaring) await import(`${root}${path}`)
  const rows = bounds().map((one) => `| \`${one.name}\` | ${one.of} | ${boundText(one)} | ${one.say} |`)
  const page = readFileSync(`${root}docs/limits.md`, 'utf8')
  const written = page.split('\n').filter((line) => line.startsWith('| `'))
  expect(written).toEqual(rows)
  expect(rows.length).toBeGreaterThanOrEqual(declaring.length)
})

it('a sentence of a bound ends as one', () => {
  expect(bounds().filter(({ say, of }) => !/[.?!]$/.test(say) || /[.|]/.test(of) || say.includes('|'))).toEqual([])
})
