import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { DeskPage, openBrowser } from './browser.fixture.ts'
import { linkTo, type Place, placeOf, statementOf } from './desk.fixture.ts'

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')
const violations = z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) }))

let browser: Browser
let place: Place

beforeAll(async () => {
  browser = await openBrowser()
  place = await placeOf([])
})
afterAll(async () => {
  await browser.close()
  await place.close()
})

const sheets: Readonly<Record<string, () => string>> = {
  'somebody’s command': () => linkTo(place, statementOf({ text: 'say \u202e', tier: 'critical' })),
  'a harmless command': () => linkTo(place, statementOf({ tier: 'sensitive', agent: 'ci' })),
  'an expired one': () => linkTo(place, statementOf({ iat: 1, exp: 300 })),
  'a new key': () => `${place.desk}/#key-add=${Buffer.alloc(16).toString('base64url')}&deployment=acme&person=bianca`,
  'a broken link': () => `${place.desk}/#consent=e30`,
  nothing: () => place.desk,
}
const windows = { desktop: { width: 1100, height: 1600 }, phone: { width: 320, height: 568 } }

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  describe.each(Object.entries(windows))('on a %s', (_, viewport) => {
    it.each(Object.keys(sheets))('axe finds nothing wrong with %s', async (name) => {
      const context = await browser.newContext({ colorScheme, viewport, reducedMotion: 'reduce' })
      const desk = await DeskPage.open(context)
      await desk.visit(sheets[name]?.() ?? '')
      await desk.page.evaluate(axe)
      const found = violations.parse(await desk.page.evaluate('axe.run().then(({ violations }) => violations)'))
      expect(found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
      await context.close()
    })
  })
})
