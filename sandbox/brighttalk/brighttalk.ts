import { timingSafeEqual } from 'node:crypto'
import { type Answer, type Asked, answerBy, type Route } from '../route.ts'
import type { Given } from '../run.ts'
import { Channels } from './channels.ts'

const usualPage = 50
const mostOfPage = 500

/** What the vendor answers at these addresses, over the channel of the database. */
export const openBrightTalk = ({ database, credentialIn, numbers }: Given): ((asked: Asked) => Answer) => {
  const shown = Buffer.from(`${credentialIn('credential.key')}:${credentialIn('credential.secret')}`).toString('base64')
  const wanted = Buffer.from(`Basic ${shown}`)
  const channels = new Channels(database, Date.now())
  channels.register(numbers.registrations ?? 0, Date.now())
  const routes = routesOf(channels)
  return (asked) => {
    const given = Buffer.from(asked.headers.authorization ?? '')
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return failed(401)
    return answerBy(routes, asked) ?? failed(404)
  }
}

/** The vendor's form of a failure. */
export const failed = (status: number): Answer => {
  const [code, message] = texts[status] ?? ['SystemError', 'An unexpected error occurred.']
  return xml(status, tag('error', tag('code', code) + tag('message', message)))
}

const texts: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ['InvalidRequest', 'The request is not valid.'],
  401: ['NotAuthorised', 'The API credentials are not valid.'],
  403: ['NotAuthorisedForChannel', 'The API user may not read this channel.'],
  404: ['ResourceNotFound', 'The resource does not exist.'],
  429: ['TooManyRequests', 'Too many requests.'],
}

const xml = (status: number, root: string): Answer => ({
  status,
  raw: `<?xml version="1.0" encoding="utf-8"?>\n${root}\n`,
  headers: { 'content-type': 'application/xml; charset=utf-8' },
})

const escaped = (text: unknown): string =>
  String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** @param inside of it, escaped already where it holds no elements of its own */
const tag = (name: string, inside: string, attributes: Readonly<Record<string, unknown>> = {}): string => {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`)
  return `<${name}${written.join('')}>${inside}</${name}>`
}

const routesOf = (channels: Channels): readonly Route[] => [
  {
    method: 'GET',
    path: '/v1/channel/:channel/webcasts',
    handler: ({ channel = '' }, { path, query }) => {
      if (!channels.has(channel)) return failed(404)
      return page('webcasts', path, query, (from, size) =>
        channels
          .webcasts(channel)
          .slice(from, from + size)
          .map(({ id, url, ...fields }) => {
            const rest = Object.entries(fields).map(([name, value]) => tag(name, escaped(value)))
            return tag('webcast', rest.join('') + (url === null ? '' : tag('url', escaped(url))), { id })
          }),
      )
    },
  },
  {
    method: 'GET',
    path: '/v1/channel/:channel/webcast/:webcast/registrations',
    handler: ({ channel = '', webcast = '' }, { path, query }) => {
      if (!channels.webcasts(channel).some(({ id }) => String(id) === webcast)) return failed(404)
      return page('webcastRegistrations', path, query, (from, size) =>
        channels.registrations(webcast, from, size).map(({ id, user, created }) => {
          const who = tag('user', tag('firstName', 'Guest') + tag('lastName', escaped(user)) + email(user), {
            id: user,
          })
          const inside = tag('webcast', '', { id: webcast }) + who + tag('created', escaped(created))
          return tag('webcastRegistration', inside, { id })
        }),
      )
    },
  },
]

const email = (user: unknown): string => tag('email', escaped(`guest${user}@example.com`))

/** A page of them, with the whole address of the next. @param give so many elements from a number on */
const page = (
  name: string,
  path: string,
  query: URLSearchParams,
  give: (from: number, size: number) => readonly string[],
): Answer => {
  const size = Math.min(mostOfPage, Math.max(1, Number(query.get('pageSize') ?? usualPage) || usualPage))
  const from = Number(/^(\d+)-/.exec(query.get('cursor') ?? '')?.[1] ?? 0)
  const to = from + size
  const found = give(from, size + 1)
  const next = `https://api.brighttalk.com${path}?pageSize=${size}&cursor=${to}-${1_373_545_403 + to}`
  const link = found.length > size ? tag('link', '', { rel: 'next', href: next }) : ''
  return xml(200, tag(name, found.slice(0, size).join('\n') + link))
}
