import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { consentKind } from '#core/consent/consent.ts'
import { openEnvelope } from '#core/signature/open.ts'
import { fromBase64 } from '#core/statement/base64.ts'
import { display } from '#core/statement/display.ts'
import { statementKind } from '#core/statement/statement.ts'
import { DeskPage, openBrowser } from './browser.fixture.ts'
import { linkTo, makeKnownPasskey, type Place, placeOf, statementOf } from './desk.fixture.ts'

const bianca = makeKnownPasskey()
const desktop = { width: 1000, height: 1400 }
const phone = { width: 360, height: 640 }

let browser: Browser
let place: Place
let context: BrowserContext
let desk: DeskPage

beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())
beforeEach(async () => {
  place = await placeOf([bianca.key])
  await openDesk(desktop)
})
afterEach(async () => {
  await context.close()
  await place.close()
})

const openDesk = async (viewport: { readonly width: number; readonly height: number }): Promise<void> => {
  await context?.close()
  context = await browser.newContext({ viewport, reducedMotion: 'reduce' })
  desk = await DeskPage.open(context)
  await desk.hold(bianca)
}

const approve = () => desk.page.getByRole('button', { name: 'Approve', exact: true })
/** Resolves when the button works, without a press. */
const ready = (): Promise<void> => approve().click({ trial: true })
const press = async (): Promise<void> => {
  await approve().click()
  await desk.page.getByRole('heading', { name: 'Signed', exact: true }).waitFor()
}
/** What has the focus, once it is on one of these; the first press of Tab may only lead into the page. */
const tabTo = async (selector: string): Promise<unknown> => {
  const focused = desk.page.locator(`${selector}:focus`)
  for (let presses = 0; presses < 3 && (await focused.count()) === 0; presses++) await desk.page.keyboard.press('Tab')
  return await focused.textContent()
}
describe('a consent', () => {
  it('is to the very bytes that were shown, and holds where consents are checked', async () => {
    const statement = statementOf()
    await desk.visit(linkTo(place, statement))
    await press()
    expect(await desk.page.getByText('It is running: look at ops.').isVisible()).toBe(true)
    const [letter] = place.accepted
    expect(letter?.value).toMatchObject({
      deployment: 'acme',
      statement: statementKind.digest(statement),
      person: 'bianca',
      as: 'approver',
      group: 'Backend',
    })
    expect(letter?.proofs).toEqual([{ key: bianca.key, strength: 'verified', origin: place.desk }])
    expect(Math.abs((letter?.value.iat ?? 0) - Date.now() / 1000)).toBeLessThan(10)
    expect(desk.said).toEqual([])
  })

  it('of the requester names no group', async () => {
    const { page } = desk
    await desk.visit(linkTo(place, statementOf({ requester: 'bianca' }), { as: 'requester' }).replace(/&group=\w+/, ''))
    expect(await page.locator('h1').textContent()).toBe('Your own command')
    await page.getByRole('button', { name: 'Sign', exact: true }).click()
    await page.getByRole('heading', { name: 'Signed', exact: true }).waitFor()
    expect(place.accepted[0]?.value).toMatchObject({ as: 'requester', person: 'bianca' })
    expect(place.accepted[0]?.value).not.toHaveProperty('group')
  })

  it('is not asked for on load, nor by the keys that people press first', async () => {
    const { page } = desk
    await desk.visit(linkTo(place, statementOf()))
    await ready()
    expect(await page.evaluate('document.activeElement === document.body')).toBe(true)
    await page.keyboard.press('Enter')
    await page.keyboard.press('Space')
    expect(await tabTo('button')).toBe('Do not approve')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Nothing was signed' }).waitFor()
    expect(await desk.signatures()).toBe(0)
    expect(place.presented).toEqual([])
  })

  it('can be given with the keyboard alone', async () => {
    const { page } = desk
    await desk.visit(linkTo(place, statementOf()))
    await ready()
    expect(await tabTo('button')).toBe('Do not approve')
    // The first key brought this window to the front: the button rests for a second.
    await ready()
    await page.keyboard.press('Tab')
    expect(await tabTo('button')).toBe('Approve')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Signed', exact: true }).waitFor()
    expect(place.accepted).toHaveLength(1)
  })

  it('needs somebody whom the passkey recognises', async () => {
    await desk.denyOwner()
    await desk.visit(linkTo(place, statementOf()))
    await approve().click()
    await desk.page.getByText('Nothing was signed.').waitFor()
    expect(place.presented).toEqual([])
  })

  it('cannot be given when it is too late', async () => {
    const now = Math.floor(Date.now() / 1000)
    await desk.visit(linkTo(place, statementOf({ iat: now - 3700, exp: now - 100 })))
    await desk.page
      .getByText(/^Expired 1 minute ago/)
      .first()
      .waitFor()
    await desk.page.waitForTimeout(1200)
    expect(await approve().isDisabled()).toBe(true)
  })

  it('that found no server is handed in again, and not signed anew', async () => {
    const { page } = desk
    let away = true
    await page.route('**/present', (route) => (away ? route.abort() : route.continue()))
    await desk.visit(linkTo(place, statementOf()))
    await approve().click()
    const again = page.getByRole('button', { name: 'Send it again' })
    await again.waitFor()
    away = false
    await again.click()
    await page.getByRole('heading', { name: 'Signed', exact: true }).waitFor()
    expect(place.accepted).toHaveLength(1)
    expect(await desk.signatures()).toBe(1)
  })
})

describe('what a server altered', () => {
  const asked = statementOf({ text: 'rebuild svr-1827 role=web' })
  const altered = statementOf({
    text: 'rebuild svr-0001 role=web',
    resource: { type: 'Server', id: 'svr-0001', facts: { note: 'a\u202eb\u200b' } },
  })

  it('is shown as it is, line by line', async () => {
    await desk.visit(linkTo(place, altered))
    expect(await desk.lines()).toBe(display(statementKind.decode(altered)))
    expect(await desk.page.locator('mark').first().textContent()).toBe('\\u202e')
  })

  it('makes a consent to that, which counts for nothing else', async () => {
    await desk.visit(linkTo(place, altered))
    await press()
    const statement = place.accepted[0]?.value.statement
    expect(statement).toBe(statementKind.digest(altered))
    expect(statement).not.toBe(statementKind.digest(asked))
  })

  it.each([
    ['a payload of its own', { payload: 'e30' }, 'payload'],
    ['a code of its own', { code: '7F3A-92C1' }, 'code'],
    ['a group for a requester', { as: 'requester', person: 'mansel' }, 'group'],
    ['somebody who did not ask', { as: 'requester' }, 'mansel asked'],
    ['the one who asked as approver', { person: 'mansel' }, 'somebody else has to approve'],
    ['a server with a path', { server: 'http://localhost:1/x' }, 'no proper server'],
    ['no name but a look-alike', { person: 'bi\u0430nca' }, 'no proper person'],
  ])('is refused with %s', async (_, change, reason) => {
    await desk.visit(linkTo(place, asked, change))
    expect(await desk.page.locator('main').textContent()).toContain(reason)
    expect(await desk.page.getByRole('button').count()).toBe(0)
  })

  it('is refused where its bytes are not strictly a statement', async () => {
    const twice = Buffer.from(Buffer.from(asked).toString().replace('"v":2', '"v":2,"text":"help"'))
    await desk.visit(linkTo(place, twice))
    expect(await desk.page.locator('h1').textContent()).toBe('That link cannot be signed')
  })
})

describe('a long statement', () => {
  const long = statementOf({ text: `commit -am "${'fixed all of it, '.repeat(200)}"` })

  it('must have been in view as a whole, and for a second', async () => {
    await openDesk(phone)
    const { page } = desk
    await desk.visit(linkTo(place, long))
    await page.keyboard.press('End')
    await expect
      .poll(() => page.evaluate('document.documentElement.scrollHeight - scrollY - innerHeight'))
      .toBeLessThan(2)
    await page.waitForTimeout(1200)
    expect(await approve().isDisabled()).toBe(true)
    await page.keyboard.press('Home')
    await desk.readAll()
    expect(await approve().isDisabled()).toBe(true)
    await press()
    expect(place.accepted[0]?.value.statement).toBe(statementKind.digest(long))
  })

  it('can be read with the keyboard alone', async () => {
    await openDesk({ width: 800, height: 520 })
    const { page } = desk
    await desk.visit(linkTo(place, long))
    for (let pages = 0; pages < 12; pages++) {
      await page.keyboard.press('PageDown')
      await page.waitForTimeout(100)
    }
    await press()
  })

  it('is not wider than a phone', async () => {
    await openDesk(phone)
    await desk.visit(linkTo(place, statementOf({ text: `commit -am "${'x'.repeat(500)}"` })))
    expect(await desk.page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
  })
})

describe('elsewhere', () => {
  it('an origin that the bundle does not list signs in vain', async () => {
    await place.close()
    place = await placeOf([bianca.key], false)
    await desk.visit(linkTo(place, statementOf()))
    const sent = desk.page.waitForRequest('**/present')
    await approve().click()
    await sent
    await desk.page.getByText('gave no answer').waitFor()
    expect(place.presented).toEqual([])
  })

  it('and its signature holds nowhere, however it is carried over', async () => {
    const evil = await placeOf([bianca.key])
    await desk.visit(linkTo(evil, statementOf()))
    await press()
    await evil.close()
    const [stolen] = evil.presented
    if (!stolen) throw new Error('nothing was signed')
    const check = (origins: readonly string[]) => () =>
      openEnvelope(consentKind, stolen, () => [bianca.key], { origins })
    expect(check([evil.desk])().value.person).toBe('bianca')
    expect(check([place.desk])).toThrow('made on')
    const answer = await fetch(`${place.server}/present`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(stolen),
    })
    expect(await answer.json()).toMatchObject({ accepted: false })
    expect(place.accepted).toEqual([])
    expect(fromBase64(stolen.payload).length).toBeGreaterThan(0)
  })

  it('a server that the desk is not configured with hears nothing', async () => {
    const other = await placeOf([bianca.key])
    await desk.visit(linkTo(place, statementOf(), { server: other.server }))
    await approve().click()
    await desk.page.getByText('gave no answer').waitFor()
    expect(other.presented).toEqual([])
    await other.close()
  })

  it('a frame shows nothing of it', async () => {
    const link = linkTo(place, statementOf())
    const page = `<!doctype html><iframe allow="publickey-credentials-get *" src="${link.replaceAll('&', '&amp;')}"></iframe>`
    const framing = createServer((_, response) => response.setHeader('content-type', 'text/html').end(page))
    await new Promise<void>((resolve) => framing.listen(0, '127.0.0.1', resolve))
    await desk.page.goto(`http://other.localhost:${(framing.address() as AddressInfo).port}/`)
    const [frame] = desk.page.frames().slice(1)
    await frame?.waitForURL('chrome-error://chromewebdata/')
    expect(await frame?.content()).not.toContain('Foobot desk')
    expect(await desk.signatures()).toBe(0)
    await new Promise((resolve) => framing.close(resolve))
  })

  it('the link leaves the address, and comes back with no reload', async () => {
    await desk.visit(linkTo(place, statementOf()))
    expect(desk.page.url()).toBe(`${place.desk}/`)
    await desk.page.reload()
    await desk.page.getByRole('heading', { name: 'Nothing to sign' }).waitFor()
  })

  it('another link in the same window is another sheet, to be read anew', async () => {
    await desk.visit(linkTo(place, statementOf()))
    await ready()
    const next = linkTo(place, statementOf({ text: 'rebuild svr-2000 role=web' }))
    await desk.page.evaluate(`location.hash = ${JSON.stringify(next.slice(next.indexOf('#')))}`)
    await desk.page.getByText('svr-2000').first().waitFor()
    expect(await approve().isDisabled()).toBe(true)
  })
})
