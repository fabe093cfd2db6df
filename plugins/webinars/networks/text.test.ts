import { describe, expect, it } from 'vitest'
import { announcement, publicTitle } from '../announcement.ts'
import { textOf } from './network.ts'
import { authorization } from './oauth1.ts'
import { weighted } from './x.ts'

const link = 'https://www.brighttalk.com/webcast/11223/158186'
const announced = (title: string) =>
  announcement(
    'next',
    { webinar: '1', title, link, start: '2026-06-25T17:00:00Z' },
    { channel: 11_223, zone: 'America/Denver' },
  )

describe('what is told to the public', () => {
  it('is title, time and link of the webinar', () => {
    expect(textOf(announced('Who do you trust?'), 280, weighted)).toBe(
      `Join us: Who do you trust?\nThursday, June 25, 2026 at 11:00 AM MDT\n${link}`,
    )
  })

  it.each([
    ['Ask @jack anything', 'Ask @ jack anything'],
    ['＠acme and @[Acme](urn:li:organization:1)', '@ acme and @ [Acme](urn:li:organization:1)'],
    ['Two\nlines\u202e and a \u0007bell', 'Two lines and a bell'],
    ['Slack @ Scale', 'Slack @ Scale'],
  ])('mentions nobody: %j', (title, shown) => {
    expect(publicTitle(title)).toBe(shown)
  })

  it('is as long as a network takes, and says the time and the link whole', () => {
    for (const title of ['a'.repeat(500), '漢字'.repeat(200), '👩‍💻'.repeat(100)]) {
      const text = textOf(announced(title), 280, weighted)
      expect(weighted(text)).toBeLessThanOrEqual(280)
      expect(weighted(text)).toBeGreaterThan(270)
      expect(text).toMatch(/…\nThursday, .+\n/)
      expect(text.endsWith(`\n${link}`)).toBe(true)
    }
  })

  it('has one key for one webinar and occasion', () => {
    expect(announced('A').key).toBe(announced('B').key)
    expect(announced('A').key).toMatch(/^[0-9a-f]{64}$/)
  })
})

it('signs as OAuth 1.0a does: the example of X’s page "Creating a signature"', () => {
  const request = {
    method: 'POST',
    url: `https://api.twitter.com/1.1/statuses/update.json?${new URLSearchParams({
      include_entities: 'true',
      status: 'Hello Ladies + Gentlemen, a signed OAuth request!',
    })}`,
  }
  const keys = {
    consumerKey: 'xvz1evFS4wEEPTGEFPHBog',
    consumerSecret: 'kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw',
    token: '370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb',
    tokenSecret: 'LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE',
  }
  expect(authorization(request, keys, 'kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg', 1_318_622_958)).toContain(
    `oauth_signature="${encodeURIComponent('hCtSmYh+iHYCEqBWrE7C7hYmtUk=')}"`,
  )
})
