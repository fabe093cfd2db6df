import { expect, it } from 'vitest'
import { block } from '#core/reply/reply.ts'
import { lightened } from './lightened.ts'

const entry = (alt: string, size: number) => ({
  at: 1,
  blocks: [
    { type: 'text', text: alt } as const,
    { type: 'picture', mediaType: 'image/png', data: 'A'.repeat(size), alt } as const,
  ],
})

it('keeps the newest pictures of a history, and of older ones their words', () => {
  const history = [entry('old', 4), entry('large', 2_000_000), entry('new', 1_500_000)]
  const light = lightened(history)
  expect(light[2]).toEqual(history[2])
  expect(light[1]).toEqual({ ...entry('large', 0) })
  expect(light[0]).toEqual({ ...entry('old', 0) })
  expect(JSON.stringify(lightened(Array.from({ length: 500 }, () => entry('many', 100_000)))).length).toBeLessThan(
    4_000_000,
  )
  for (const { blocks } of light) for (const one of blocks) expect(block.parse(one)).toEqual(one)
})
