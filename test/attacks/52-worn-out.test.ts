import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DeskPage, openBrowser } from '../browser/browser.fixture.ts'
import { linkTo, makeKnownPasskey, placeOf, statementOf } from '../browser/desk.fixture.ts'
import { foobot } from '../contract/cli.fixture.ts'
import { Terminal } from '../contract/terminal.fixture.ts'
import { metricsOf } from '../operator.fixture.ts'
import { CanaryCompany } from './canary-company.fixture.ts'
import type { Intruder } from './intruder.fixture.ts'

/** Approvers are asked until they say yes to have peace: yes is never the easy answer, and no always is. */

// DEFENCE src/cli/digits.ts
// - if (answer === this.#digits) return 'yes'
// + if (answer !== 'n') return 'yes'

// DEFENCE web/desk/sheet/consent-sheet.tsx
// - <button type="button" class="yes" disabled={!mayAnswer} aria-describedby="status" onClick={yes}>
// + <button type="button" class="yes" ref={(one) => one?.focus()} aria-describedby="status" onClick={yes}>

describe('in a running company', () => {
  let company: CanaryCompany
  let jhand: Intruder
  let bianca: Intruder
  let eve: Intruder
  beforeAll(async () => {
    company = await CanaryCompany.open()
    jhand = await company.dial('jhand')
    bianca = await company.dial('bianca')
    eve = await company.dial('eve')
  })
  afterAll(() => company.end())

  it('Enter, end of input or anything else than its digits signs nothing', async () => {
    const { code } = await jhand.say('Foobot upgrade AcmeOps to Pro')
    const flags = ['--as', 'jhand', '--server', company.url, '--data', company.data]
    for (const input of ['\n', 'yep\n', ''])
      expect((await foobot(['sign', code, ...flags], { input })).exit).not.toBe(0)
    for (const answer of ['', 'y', 'yes', '12']) {
      const place = { folder: company.data, http: { url: company.url } }
      const terminal = await Terminal.open(place, { rows: 45, command: `sign ${code}` })
      await terminal.question()
      await terminal.enter(answer)
      await terminal.until(/left with 4|not the number/)
      await terminal.close()
    }
    expect(await company.warrants()).toBe(0)
    await jhand.say(`Foobot cancel ${code}`)
  })

  it('nobody is asked for what a stranger wants', async () => {
    bianca.connection.join('devs', 0)
    const before = bianca.frames.length
    expect((await eve.say('Foobot rebuild svr-1827 role=web')).state).toBe('refused')
    expect(JSON.stringify(bianca.frames.slice(before))).not.toMatch(/approv/)
    expect(await bianca.connection.requests()).toEqual([])
  })

  it('one request is asked for once, however often its words are said again', async () => {
    const first = await jhand.say('Foobot rebuild svr-1827 role=web')
    for (let n = 0; n < 3; n += 1) {
      const again = await jhand.say('Foobot rebuild svr-1827 role=web')
      expect([again.code, again.word]).toEqual([first.code, first.word])
    }
    expect(await bianca.connection.requests()).toHaveLength(1)
  })

  it('one no of one word ends it, without a signature, and is counted', async () => {
    const { id, word } = await jhand.say('Foobot rebuild svr-1827 role=web')
    await bianca.say(`Foobot deny ${word}`)
    expect((await jhand.ended(id)).state).toBe('refused')
    const metrics = await metricsOf(company.data)
    expect(metrics).toMatch(/foobot_requests_ended_total\{[^}]*state="refused"[^}]*\} [1-9]/)
    expect(company.sung).toEqual([])
  })
})

it('on the desk no button that says yes is under the fingers of who comes there', async () => {
  const known = makeKnownPasskey()
  const [browser, place] = await Promise.all([openBrowser(), placeOf([known.key])])
  const desk = await DeskPage.open(await browser.newContext({ viewport: { width: 1200, height: 1400 } }))
  await desk.hold(known)
  await desk.visit(linkTo(place, statementOf({ text: 'rebuild svr-1827 role=web' })))
  const approve = desk.page.getByRole('button', { name: 'Approve', exact: true })
  await approve.waitFor()
  const focused = (): Promise<unknown> => desk.page.evaluate('document.activeElement?.textContent?.trim()')
  expect(await focused()).not.toBe('Approve')
  for (const key of ['Enter', 'Space', 'Enter']) await desk.page.keyboard.press(key)
  await desk.page.waitForTimeout(1200)
  expect(await focused()).not.toBe('Approve')
  for (const key of ['Enter', 'Space', 'Enter']) await desk.page.keyboard.press(key)
  expect(await desk.signatures()).toBe(0)
  await browser.close()
  await place.close()
})
