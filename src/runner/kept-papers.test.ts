import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KeptPapers, type Paper } from './kept-papers.ts'

const day = 86_400
const now = 1_800_000_000
const order = (index: number): Paper => ({ log: 1, order: 'YWJj', index })

describe('kept papers', () => {
  let folder: string
  let warnings: number
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'foobot-kept-'))
    warnings = 0
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const open = (): KeptPapers => {
    const warn = (): void => {
      warnings++
    }
    return new KeptPapers(folder, { info: () => undefined, warn, error: warn })
  }
  const all = async (papers: KeptPapers): Promise<readonly Paper[]> => {
    const found: Paper[] = []
    for await (const paper of papers.all()) found.push(paper)
    return found
  }
  const days = (): readonly string[] => readdirSync(join(folder, 'kept'))

  it('are there again after a restart, in order, in files for their owner alone', async () => {
    const papers = open()
    const recorded: Paper = { log: 1, recorded: 'a'.repeat(64), index: 4 }
    for (const paper of [order(1), recorded, order(2)]) papers.keep(paper, now)
    await papers.flush()
    expect(await all(open())).toEqual([order(1), recorded, order(2)])
    expect(statSync(join(folder, 'kept', days()[0] ?? '')).mode & 0o777).toBe(0o600)
  })

  it('go when they are older than 35 days', async () => {
    const papers = open()
    for (const [n, age] of [40, 36, 35, 1, 0].entries()) {
      papers.keep(order(n), now - age * day)
      await papers.flush()
    }
    expect(await all(papers)).toEqual([order(2), order(3), order(4)])
    expect(days()).toHaveLength(3)
  })

  it('are read past a line that a crash has cut, and what comes behind it is whole', async () => {
    const papers = open()
    papers.keep(order(1), now)
    await papers.flush()
    appendFileSync(join(folder, 'kept', days()[0] ?? ''), '{"log":1,"ord')
    const again = open()
    again.keep(order(2), now)
    await again.flush()
    expect(await all(again)).toEqual([order(1), order(2)])
    expect(warnings).toBe(1)
  })
})
