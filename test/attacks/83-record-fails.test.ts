import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Bench, makeBench, type Runner } from '../contract/engine.harness.ts'

let bench: Bench
let runner: Runner
beforeEach(async () => {
  bench = await makeBench()
  runner = await bench.link()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await bench.close()
})

const said = (): string => bench.replies.map(({ reply }) => reply.text).join('\n')

describe('a log that cannot be written', () => {
  it('stops the command before it reaches the runner, and says so', async () => {
    const size = bench.storage.log.size
    const commit = vi.spyOn(bench.storage.records, 'commit')
    commit.mockRejectedValue(new Error('database or disk is full'))
    await bench.say('Foobot push')
    expect(commit).toHaveBeenCalled()
    expect(runner.orders).toEqual([])
    expect(bench.progress.map(({ progress }) => progress.state)).not.toContain('running')
    expect(said()).not.toBe('')
    expect(said()).not.toContain('disk')
    expect(bench.storage.log.size).toBe(size)
    expect(await bench.storage.records.live()).toEqual([])
  })

  it('runs what is asked again once it can be written', async () => {
    const commit = vi.spyOn(bench.storage.records, 'commit')
    commit.mockRejectedValueOnce(new Error('database or disk is full'))
    await bench.say('Foobot push')
    await bench.say('Foobot push')
    expect(runner.orders).toHaveLength(1)
  })

  it('stops the command too where the log’s key is what fails', async () => {
    vi.spyOn(bench.storage.log, 'append').mockImplementation(() => {
      throw new Error('the key cannot be read')
    })
    await bench.say('Foobot push')
    expect(runner.orders).toEqual([])
    expect(await bench.storage.records.live()).toEqual([])
  })
})
