import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { staleness } from '../attacks/prove/defence.ts'
import { attackTests, rowFaults } from '../attacks/prove/rows.ts'
import { root } from './sources.ts'

const tests = attackTests(root)

it('each line that an attack test names as its defence stands in its file, once', () => {
  const read = (path: string): string | undefined =>
    existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined
  const stale = tests.flatMap(({ path, defences }) =>
    defences.flatMap(({ line, hunks }) =>
      hunks.flatMap((hunk) => {
        const why = staleness(hunk, read(hunk.path))
        return why === undefined ? [] : `${path}:${line}: ${why}`
      }),
    ),
  )
  expect(stale).toEqual([])
})

it('each row of consent and signatures that is due has a test that names its defence', () => {
  expect([...rowFaults(tests)]).toEqual([])
})
