import { createHash, createHmac } from 'node:crypto'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { readHandover } from '#client/key-change.ts'
import { keyAddKind } from '#core/bundle/key-change.ts'
import { consentKind } from '#core/consent/consent.ts'
import { openEnvelope } from '#core/signature/open.ts'
import { envelope } from '#core/statement/fields.ts'
import { DeskPage, openBrowser } from './browser.fixture.ts'
import { linkTo, type Place, placeOf, statementOf } from './desk.fixture.ts'

const secret = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')
const handover = z.strictObject({ envelope, mac: z.string() })

let browser: Browser
let place: Place
let context: BrowserContext
let desk: DeskPage

beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())
beforeEach(async () => {
  place = await placeOf([])
  context = await browser.newContext({ viewport: { width: 1000, height: 1400 } })
  desk = await DeskPage.open(context)
})
afterEach(async () => {
  await context.close()
  await place.close()
})

const link = (key = secret.toString('base64url')): string =>
  `${place.desk}/#key-add=${key}&deployment=acme&person=bianca`

const made = async () => {
  await desk.visit(link())
  await desk.page.getByRole('button', { name: 'Make the passkey' }).click()
  const text = await desk.page.getByLabel('Text for the terminal').inputValue()
  return handover.parse(JSON.parse(Buffer.from(text, 'base64url').toString()))
}

it('a new passkey signs for itself, and its bytes cannot be swapped on the way', async () => {
  const { envelope: signed, mac } = await made()
  const letter = openEnvelope(keyAddKind, signed, ({ key }) => [key], { origins: [place.desk] })
  expect(letter.value).toMatchObject({ v: 2, deployment: 'acme', person: 'bianca' })
  expect(letter.proofs).toEqual([{ key: letter.value.key, strength: 'verified', origin: place.desk }])
  expect(mac).toBe(createHmac('sha256', secret).update(Buffer.from(letter.digest, 'hex')).digest('hex'))
  expect(place.presented).toEqual([])
  const link = { secret, desk: place.desk, deployment: 'acme', person: 'bianca', now: Math.floor(Date.now() / 1000) }
  const text = await desk.page.getByLabel('Text for the terminal').inputValue()
  expect(readHandover(text, link)).toEqual(signed)
  expect(() => readHandover(text, { ...link, secret: Buffer.alloc(16) })).toThrow('another link')
})

it('tells the twenty characters that colleagues type', async () => {
  const { envelope: signed } = await made()
  const { key } = keyAddKind.decode(Buffer.from(signed.payload, 'base64'))
  const spoken = (await desk.page.locator('.say').textContent())?.replaceAll(' ', '')
  const bits = BigInt(`0x${createHash('sha256').update(key).digest('hex')}`) >> 156n
  const base32 = Array.from(
    { length: 20 },
    (_, at) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number((bits >> BigInt(95 - 5 * at)) & 31n)],
  )
  expect(spoken).toBe(base32.join(''))
})

it('signs consents on the same page from then on', async () => {
  const { envelope: signed } = await made()
  const { key } = keyAddKind.decode(Buffer.from(signed.payload, 'base64'))
  await desk.visit(linkTo(place, statementOf()))
  const sent = desk.page.waitForRequest('**/present')
  await desk.page.getByRole('button', { name: 'Approve', exact: true }).click()
  const consent = envelope.parse((await sent).postDataJSON())
  expect(openEnvelope(consentKind, consent, () => [key], { origins: [place.desk] }).value.person).toBe('bianca')
})

it('makes nothing before somebody presses the button', async () => {
  await desk.visit(link())
  await desk.page.getByRole('button', { name: 'Make the passkey' }).click({ trial: true })
  expect(await desk.passkeys()).toBe(0)
})

it.each([secret.subarray(1).toString('base64url'), secret.toString('hex'), 'AAECAwQFBgcICQoLDA0OD_', ''])(
  'refuses the secret %j',
  async (text) => {
    await desk.visit(link(text))
    expect(await desk.page.locator('h1').textContent()).toBe('That link cannot be signed')
    expect(await desk.page.getByRole('button').count()).toBe(0)
  },
)
