import { expect, it, vi } from 'vitest'
import { FoobotError } from '#core/errors.ts'
import { startWaiting } from './start-waiting.ts'

const full = (file: string): FoobotError => new FoobotError('disk-trouble', 'full', `${file} cannot be written.`)

/** Starts in vain as often as there are errors. */
const failing = (...errors: readonly Error[]) => {
  const left = [...errors]
  return vi.fn(async () => {
    const error = left.shift()
    if (error) throw error
    return 'started'
  })
}

it('tries again until it can write, and says each file once', async () => {
  const start = failing(full('a'), full('a'), full('b'), full('a'))
  const said: string[] = []
  const { signal } = new AbortController()
  const pauses = vi.fn(async (_: number) => undefined)
  const started = startWaiting(start, { waits: ({ say }) => void said.push(say), stopped: signal, pause: pauses })
  expect(await started).toBe('started')
  expect(said).toEqual(['a cannot be written.', 'b cannot be written.', 'a cannot be written.'])
  expect(pauses.mock.calls).toEqual([[1000], [2000], [4000], [8000]])
})

it('pauses for a minute at most', async () => {
  const pauses = vi.fn(async (_: number) => undefined)
  const start = failing(...Array.from({ length: 9 }, () => full('a')))
  await startWaiting(start, { waits: () => undefined, stopped: new AbortController().signal, pause: pauses })
  expect(pauses.mock.calls.at(-1)).toEqual([60_000])
})

it('does not wait for what waiting cannot mend', async () => {
  const wrong = new FoobotError('not-writable', 'wrong')
  const waits = vi.fn()
  await expect(startWaiting(failing(wrong), { waits, stopped: new AbortController().signal })).rejects.toBe(wrong)
  expect(waits).not.toHaveBeenCalled()
})

it('ends its waiting when it is stopped', async () => {
  const stopped = new AbortController()
  const start = failing(full('a'))
  const started = startWaiting(start, { waits: () => stopped.abort(), stopped: stopped.signal })
  expect(await started).toBeUndefined()
  expect(start).toHaveBeenCalledTimes(1)
})
