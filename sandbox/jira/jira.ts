import { timingSafeEqual } from 'node:crypto'
import { type Answer, type Asked, answerBy, type Route } from '../route.ts'
import type { Given } from '../run.ts'
import { isDocument } from './document.ts'
import { Store } from './store.ts'

/** The one user, and the one project. */
const email = 'foobot@acme.example'
const project = 'FEAT'
const issueTypes = ['New Feature', 'Task', 'Bug']
/** The one field of the company's own. */
const customerField = 'customfield_10042'

/** What the vendor answers at these addresses, over the issues of the database. */
export const openJira = ({ database, credential, numbers }: Given): ((asked: Asked) => Answer) => {
  const store = new Store(database, numbers.first ?? 1)
  const routes = routesOf(store)
  return (asked) => {
    if (asked.path.startsWith('/browse/')) return pageOf(store, asked.path.slice('/browse/'.length))
    if (!isAllowed(asked, credential)) return failedJira(401)
    return answerBy(routes, asked) ?? refused(404, ['No message available'])
  }
}

/** As the vendor fails where a test wants it to. */
export const failedJira = (status: number): Answer => {
  if (status === 401)
    return {
      status,
      body: { 'status-code': 401, message: 'Client must be authenticated to access this resource.' },
    }
  const headers = { 'retry-after': '90', 'ratelimit-reason': 'jira-burst-based' }
  const answer = refused(status, [status === 429 ? 'Rate limit exceeded.' : 'So it is'])
  return status === 429 ? { ...answer, headers } : answer
}

const isAllowed = ({ headers }: Asked, credential: string): boolean => {
  const wanted = Buffer.from(`Basic ${Buffer.from(`${email}:${credential}`).toString('base64')}`)
  const shown = Buffer.from(headers.authorization ?? '')
  return shown.length === wanted.length && timingSafeEqual(shown, wanted)
}

const routesOf = (store: Store): readonly Route[] => [
  {
    method: 'POST',
    path: '/rest/api/3/issue',
    handler: (_, { body, headers }) => {
      const fields = (body as { fields?: unknown } | undefined)?.fields
      if (typeof fields !== 'object' || fields === null) return refused(400, ['Invalid request payload.'])
      const errors = wrongWith(fields as Readonly<Record<string, unknown>>)
      if (Object.keys(errors).length > 0) return refused(400, [], errors)
      const number = store.add(fields)
      const id = String(10_000 + number)
      const self = `http://${headers.host}/rest/api/3/issue/${id}`
      return { status: 201, body: { id, key: `${project}-${number}`, self } }
    },
  },
  {
    method: 'GET',
    path: '/rest/api/3/issue/:key',
    handler: ({ key = '' }) => {
      const fields = key.startsWith(`${project}-`) ? store.fields(Number(key.slice(project.length + 1))) : undefined
      return fields === undefined
        ? refused(404, ['Issue does not exist or you do not have permission to see it.'])
        : { status: 200, body: { key, fields } }
    },
  },
]

/** What somebody sees who follows a link: nobody is asked to sign in. */
const pageOf = (store: Store, key: string): Answer => {
  const fields = key.startsWith(`${project}-`) ? store.fields(Number(key.slice(project.length + 1))) : undefined
  const raw = fields === undefined ? 'There is no such issue.' : `${key}\n\n${JSON.stringify(fields, undefined, 2)}\n`
  return { status: fields === undefined ? 404 : 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, raw }
}

type Check = (value: unknown) => string | undefined

const checks: Readonly<Record<string, Check>> = {
  project: (value) => (named(value, 'key') === project ? undefined : 'valid project is required'),
  issuetype: (value) => (issueTypes.includes(named(value, 'name')) ? undefined : 'Specify a valid issue type'),
  summary: (value) => {
    if (typeof value !== 'string' || value.trim() === '') return 'You must specify a summary of the issue.'
    if (/[\r\n]/.test(value)) return 'The summary is invalid because it contains newline characters.'
    return value.length > 255 ? "Summary can't exceed 255 characters." : undefined
  },
  description: (value) =>
    value === undefined || isDocument(value) ? undefined : 'Operation value must be an Atlassian Document',
  labels: (value = []) => {
    const bad = Array.isArray(value) ? value.find((label) => typeof label !== 'string' || /\s/.test(label)) : value
    return bad === undefined ? undefined : `The label '${bad}' contains spaces which is invalid.`
  },
  [customerField]: (value) =>
    value === undefined || typeof value === 'string' ? undefined : 'Operation value must be a string',
}

const wrongWith = (fields: Readonly<Record<string, unknown>>): Record<string, string> => {
  const wrong: Record<string, string> = {}
  for (const name of new Set([...Object.keys(checks), ...Object.keys(fields)])) {
    const check = checks[name]
    const why = check
      ? check(fields[name])
      : `Field '${name}' cannot be set. It is not on the appropriate screen, or unknown.`
    if (why !== undefined) wrong[name] = why
  }
  return wrong
}

const named = (value: unknown, by: string): string =>
  typeof value === 'object' && value !== null ? String((value as Record<string, unknown>)[by]) : ''

const refused = (status: number, errorMessages: readonly string[], errors: Record<string, string> = {}): Answer => ({
  status,
  body: { errorMessages, errors },
})
