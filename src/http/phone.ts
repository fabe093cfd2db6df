import { Hono } from 'hono'
import { type FromPhone, fromPhone, type ToPhone } from '#wire/phone.ts'
import { forDesks } from './for-desks.ts'

export type AskedByPhone = (ask: FromPhone) => Promise<ToPhone>

/**
 * `POST /phone`: what a phone asks that was woken. It shows by the secret of its wake that it is the one; it proves nobody's
 * yes by that.
 */
export const phoneRoute = (answer: AskedByPhone, desks: () => readonly string[]): Hono => {
  const route = new Hono()
  const over = (say: string): ToPhone => ({ type: 'over', say })
  route.use(forDesks(desks, over))
  route.post('/', async (c) => {
    const asked = fromPhone.safeParse(jsonOf(await c.req.text()))
    if (!asked.success) return c.json(over('I cannot read that. Use the same version of Foobot on both sides.'), 400)
    return c.json(await answer(asked.data))
  })
  return route
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
