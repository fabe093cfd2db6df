import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { errorSentences } from '../../src/core/errors.ts'
import { isTest, readSources, root } from './sources.ts'

const page = readFileSync(`${root}docs/errors.md`, 'utf8')
const rows = [...page.matchAll(/^\| `([a-z0-9-]+)` \| (.*?) \| (.*?) \|$/gm)].map(([, code = '', means, todo]) => ({
  code,
  means,
  todo,
}))

describe('docs/errors.md', () => {
  it('explains every code, and no other', () => {
    expect(rows.map(({ code }) => code).sort()).toEqual(Object.keys(errorSentences).sort())
  })

  it('says of each what it means and what to do', () => {
    expect(rows.filter(({ means, todo }) => !means || !todo)).toEqual([])
  })
})

describe('src/core/errors.ts', () => {
  it('has no code that nothing raises', () => {
    const code = readSources(['src']).filter(({ path }) => path !== 'src/core/errors.ts' && !isTest(path))
    const all = code.map(({ text }) => text).join('\n')
    expect(Object.keys(errorSentences).filter((name) => name !== 'internal' && !all.includes(`'${name}'`))).toEqual([])
  })

  it('ends each sentence, or ends it with the command to run', () => {
    expect(Object.values(errorSentences).filter((sentence) => !/([.?!]"?|: [a-z][a-z0-9 -]+)$/.test(sentence))).toEqual(
      [],
    )
  })
})
