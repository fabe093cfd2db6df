import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { handlersOf } from '../../test/plugin.fixture.ts'
import { pointsOf } from '../../test/png.fixture.ts'
import pictures from './commands.ts'

const bytes = readFileSync(new URL('../../examples/acme/pictures/mansel.png', import.meta.url))
const mansel = { id: 'mansel', name: 'Michael Ansel' }
const picture = { file: 'pictures/mansel.png', mediaType: 'image/png', bytes } as const
const face = { x: 130, y: 147, width: 92, tilt: 3 }

const { run } = await handlersOf(pictures, {})
const resource = { type: 'System', id: 'pictures', facts: {} }
const mustached = async (who: object | undefined) =>
  (await run('mustache-me', { who: 'mansel' }, { resource, person: () => who as typeof mansel | undefined }))
    .answer as {
    readonly data: string
    readonly alt: string
  }

/** The point of a picture of 400 by 400 at these points of one of 256 by 256. */
const pointAt = ({ data }: { readonly data: string }, x: number, y: number): readonly number[] => {
  const png = pointsOf(Buffer.from(data, 'base64'))
  expect([png.width, png.height]).toEqual([400, 400])
  const at = (Math.round((y / 256) * 400) * 400 + Math.round((x / 256) * 400)) * 4
  return [...png.data.subarray(at, at + 3)]
}
const isDark = (point: readonly number[]): boolean => Math.max(...point) < 130

describe('mustache-me', () => {
  it('puts a mustache where the face is, and leaves the rest', async () => {
    const answer = await mustached({ ...mansel, picture: { ...picture, face } })
    expect(answer).toMatchObject({ type: 'picture', mediaType: 'image/png', alt: 'Michael Ansel, with a mustache' })
    expect(isDark(pointAt(answer, face.x + 12, face.y - 2))).toBe(true)
    expect(isDark(pointAt(answer, face.x - 12, face.y - 3))).toBe(true)
    expect(pointAt(answer, 10, 10)).toEqual([169, 203, 239])
    expect(Buffer.from(answer.data, 'base64').length).toBeLessThan(200_000)
  })

  it('puts it elsewhere where the face is elsewhere', async () => {
    const answer = await mustached({ ...mansel, picture: { ...picture, face: { x: 40, y: 40, width: 50, tilt: 0 } } })
    expect(isDark(pointAt(answer, 48, 38))).toBe(true)
    expect(isDark(pointAt(answer, face.x + 12, face.y - 2))).toBe(false)
  })

  it('puts it where a portrait has it, where nobody has said where the face is', async () => {
    const answer = await mustached({ ...mansel, picture })
    expect(isDark(pointAt(answer, 128 + 12, 256 * 0.59 - 2))).toBe(true)
  })

  it.each([
    [
      'who has no picture',
      mansel,
      'I have no picture of Michael Ansel: an administrator can put one into the company’s folder.',
    ],
    ['who has left', undefined, 'They are nobody in this company any more.'],
    [
      'whose picture is broken',
      { ...mansel, picture: { ...picture, bytes: Buffer.from('\u0089PNG\r\n\u001a\nbroken', 'latin1') } },
      'The picture pictures/mansel.png cannot be read: ask an administrator for another.',
    ],
  ])('says so of somebody %s', async (_, who, say) => {
    await expect(mustached(who)).rejects.toThrow(say)
  })
})
