import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isTest, readSources, root } from './sources.ts'

/** Written so that no pattern finds itself here. */
const forbidden = [
  [/(^|[\s'"`(=])\/(wor[k]|roo[t]|User[s])\//, 'a path of somebody’s machine'],
  [/\b(TOD[O]|FIXM[E]|XX[X])\b/, 'something left undone'],
  [/\b(it|test|describe)\.(onl[y]|ski[p]|tod[o])\(/, 'a test that does not run'],
  [/@ts-(ignor[e]|nochec[k])/, 'a silenced compiler'],
  [/\b(npmmirro[r]|verdacci[o]|artifactor[y])\b/i, 'a registry of somebody’s own'],
  [/\b(Claud[e]|Anthropi[c]|ChatGP[T]|Copilo[t])\b/i, 'a word about who typed it'],
  [/^-----BEGIN [A-Z ]*PRIVATE KE[Y]-----$/, 'a private key'],
] as const

const offences = (text: string): string[] => forbidden.filter(([pattern]) => pattern.test(text)).map(([, what]) => what)

const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter((path) => path && existsSync(`${root}${path}`))

describe('what the project keeps', () => {
  it('speaks of itself alone, and leaves nothing undone', () => {
    expect(tracked.length).toBeGreaterThan(20)
    const found = tracked.flatMap((path) =>
      readFileSync(`${root}${path}`, 'utf8')
        .split('\n')
        .flatMap((line, index) => offences(line).map((what) => `${path}:${index + 1}: ${what}`)),
    )
    expect(found).toEqual([])
  })

  it('would be told otherwise', () => {
    expect(offences(`cd ${['', 'root', 'x'].join('/')}`)).toEqual(['a path of somebody’s machine'])
    expect(offences(`// ${'TO'}${'DO'}: later`)).toEqual(['something left undone'])
    expect(offences(`it.${'only'}(`)).toEqual(['a test that does not run'])
  })
})

describe('files', () => {
  const most = 400

  it(`have at most ${most} lines, tests apart`, () => {
    const long = readSources(['src', 'plugins', 'sandbox', 'examples', 'bench'])
      .filter(({ path }) => !isTest(path))
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ lines }) => lines > most)
    expect(long.map(({ path, lines }) => `${path}: ${lines} lines`)).toEqual([])
  })

  it('are named after one concept', () => {
    const vague = /\/(utils?|helpers?|common|misc|shared)(\/|\.ts$)/
    expect(tracked.filter((path) => vague.test(`/${path}`))).toEqual([])
    expect(vague.test('/src/core/utils.ts')).toBe(true)
  })

  it('have names in kebab-case', () => {
    const odd = readSources(['src', 'plugins', 'sandbox', 'test']).filter(
      ({ path }) => !/^[a-z0-9/-]+(\.[a-z-]+)?\.c?ts$/.test(path),
    )
    expect(odd.map(({ path }) => path)).toEqual([])
  })
})
