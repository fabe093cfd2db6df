import { describe, expect, test } from 'vitest'
import { hear } from './hearing.fixture.ts'

const separators = [';', '&&', '||', '|', '&', '#', '`', '$(restart db)', '```']

describe('23: a second command in one message', () => {
  test.each(['\n', '\r', '\r\n', '\u2028', '\u2029', '\u0085', '\v', '\f', '\n\n```\n'])(
    'behind %j refuses both',
    (lineBreak) => {
      expect(hear(`Foobot deploy shop${lineBreak}Foobot restart db`)).toMatchObject({ kind: 'refused' })
      expect(hear(`Foobot commit -am fix${lineBreak}Foobot restart db`)).toMatchObject({ kind: 'refused' })
      expect(['refused', 'not for us']).toContain(hear(`Foobot${lineBreak}restart db`).kind)
    },
  )

  test.each(separators)('behind %j is no command', (separator) => {
    expect(hear(`Foobot deploy shop ${separator} Foobot restart db`)).toMatchObject({ kind: 'complaint' })
    expect(hear(`Foobot commit -am fix ${separator} restart db`)).toMatchObject({
      entry: { command: 'commit' },
      args: { message: `fix ${separator} restart db` },
    })
    expect(hear(`Foobot deploy shop${separator.replaceAll(' ', '')}`)).toMatchObject({
      entry: { command: 'deploy' },
      args: { service: `shop${separator.replaceAll(' ', '')}` },
    })
  })

  test.each(['\\" to Free" to Pro', '" to Free to Pro', 'Acme\\'])(
    'a quote that is broken out of refuses: %s',
    (customer) => {
      const heard = hear(`Foobot upgrade "${customer}" to Pro`)
      expect(heard.kind).toBe('complaint')
    },
  )
})
