import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { display } from '#core/statement/display.ts'
import { codeOf, statementKind } from '#core/statement/statement.ts'
import { DeskPage, openBrowser } from '../browser/browser.fixture.ts'
import { linkTo, makeKnownPasskey, type Place, placeOf, statementOf } from '../browser/desk.fixture.ts'

// DEFENCE web/desk/sheet/attention.ts
// - if (sawAll(seen, height)) setAll(true)
// + setAll(true)

const bianca = makeKnownPasskey()
let browser: Browser
let place: Place
beforeAll(async () => {
  browser = await openBrowser()
  place = await placeOf([bianca.key])
})
afterAll(async () => {
  await browser.close()
  await place.close()
})

const visit = async (statement: Uint8Array): Promise<DeskPage> => {
  const context = await browser.newContext({ viewport: { width: 400, height: 700 }, reducedMotion: 'reduce' })
  const desk = await DeskPage.open(context)
  await desk.hold(bianca)
  await desk.visit(linkTo(place, statement))
  return desk
}
const approve = (desk: DeskPage) => desk.page.getByRole('button', { name: 'Approve', exact: true })

it('the end of 3 kB of text is read before anybody can say yes to it', async () => {
  const desk = await visit(statementOf({ text: `deploy ${'a '.repeat(1500)}to prod` }))
  await desk.page.waitForTimeout(1500)
  expect(await approve(desk).isDisabled()).toBe(true)
  await approve(desk).dispatchEvent('click')
  // At once: a key would glide over all of it on a quick machine, and so show it.
  await desk.page.evaluate("scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' })")
  await desk.page.waitForTimeout(1500)
  expect(await approve(desk).isDisabled()).toBe(true)
  expect(await desk.signatures()).toBe(0)
  await desk.page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
  await desk.readAll()
  await approve(desk).click()
  await desk.page.getByRole('heading', { name: 'Signed', exact: true }).waitFor()
  expect(await desk.signatures()).toBe(1)
})

it('what looks like markup, an escape or a line of its own is text', async () => {
  const statement = statementOf({
    text: 'say **help** <b hidden>x</b><script>document.title="owned"</script> \n\ntext: "help" \u202e\u200b\u0000',
  })
  const desk = await visit(statement)
  expect(await desk.lines()).toBe(display(statementKind.decode(statement)))
  // The page's own code is the one bold word.
  expect(await desk.page.locator('main :is(b, script)').allTextContents()).toEqual([
    codeOf(statementKind.digest(statement)),
  ])
  expect(await desk.page.title()).toContain('mansel’s command')
})

it('nothing of it lies outside the sheet, hidden or over the rest', async () => {
  const facts = Object.fromEntries(Array.from({ length: 32 }, (_, at) => [`fact${at}`, 'x'.repeat(80)]))
  const desk = await visit(statementOf({ resource: { type: 'Server', id: 'y'.repeat(512), facts } }))
  const outside = await desk.page.evaluate(`(() => {
    const sheet = document.querySelector('.statement').getBoundingClientRect()
    return [...document.querySelectorAll('.line dt, .line dd')].filter((one) => {
      const { left, right, height } = one.getBoundingClientRect()
      return left < sheet.left || right > sheet.right + 1 || height < 8 || one.scrollWidth > one.clientWidth + 1
    }).length
  })()`)
  expect(outside).toBe(0)
})
