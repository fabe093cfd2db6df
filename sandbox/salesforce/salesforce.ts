import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { type Answer, type Asked, answerBy, type Route } from '../route.ts'
import type { Given } from '../run.ts'
import { parseQuery } from './soql/parse.ts'
import { Refused } from './soql/query.ts'
import { runQuery } from './soql/run.ts'
import { Store } from './store.ts'
import { wrongWith } from './token.ts'

const version = 'v66.0'
const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
/** Milliseconds that somebody stays signed in. */
const session = 2 * 3600_000

/** The key that a client signs with; here it is only checked with its public half. */
export const makePrivateKey = (): string =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey.trim()

/** What the vendor answers at these addresses, over the records of the database. */
export const openSalesforce = ({ database, credential, numbers }: Given): ((asked: Asked) => Answer) => {
  const store = new Store(database, numbers.leads ?? 0)
  const key = createPublicKey(credential)
  const routes = routesOf(store, numbers.batch ?? 2000)
  return (asked) => {
    if (asked.method === 'POST' && asked.path === '/services/oauth2/token') {
      const form = new URLSearchParams(new TextDecoder().decode(asked.raw))
      if (form.get('grant_type') !== grant) return denied('unsupported_grant_type', 'grant type not supported')
      const wrong = wrongWith(form.get('assertion') ?? '', key, Date.now())
      if (wrong) return denied(...wrong)
      const token = `00D5e0000000001!${randomBytes(32).toString('base64url')}`
      store.begin(token, Date.now() + session)
      const instance_url = `http://${asked.headers.host}`
      const body = {
        access_token: token,
        scope: 'api',
        instance_url,
        id: `${instance_url}/id/1/2`,
        token_type: 'Bearer',
      }
      return { status: 200, body }
    }
    const page = asked.method === 'GET' ? pageOf(store, asked.path.slice(1)) : undefined
    if (page) return page
    const token = asked.headers.authorization?.replace(/^Bearer /, '') ?? ''
    if (!store.hasSession(token, Date.now())) return failedSalesforce(401)
    return answerBy(routes, asked) ?? failedSalesforce(404)
  }
}

const codes: Readonly<Record<number, readonly [message: string, errorCode: string]>> = {
  401: ['Session expired or invalid', 'INVALID_SESSION_ID'],
  403: ['TotalRequests Limit exceeded.', 'REQUEST_LIMIT_EXCEEDED'],
  404: ['The requested resource does not exist', 'NOT_FOUND'],
  503: ['Server too busy', 'SERVER_UNAVAILABLE'],
}

/** As the vendor fails where a test wants it to. */
export const failedSalesforce = (status: number): Answer => {
  const [message, errorCode] = codes[status] ?? ['An unexpected error occurred', 'UNKNOWN_EXCEPTION']
  return { status, headers: status === 429 ? { 'retry-after': '90' } : {}, body: [{ message, errorCode }] }
}

/** What somebody sees who follows the link to a case: nobody is asked to sign in. */
const pageOf = (store: Store, id: string): Answer | undefined => {
  const found = store.one('Case', id)
  if (!found) return undefined
  const talk = [...store.all('CaseComment'), ...store.all('EmailMessage')].filter(({ ParentId }) => ParentId === id)
  const raw = `${JSON.stringify({ ...found, talk }, undefined, 2)}\n`
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, raw }
}

const routesOf = (store: Store, batch: number): readonly Route[] => {
  /** Pages that somebody may still ask for. */
  const kept = new Map<string, readonly unknown[]>()
  const page = (all: readonly unknown[], totalSize: number): Answer => {
    const [records, rest] = [all.slice(0, batch), all.slice(batch)]
    if (rest.length === 0) return { status: 200, body: { totalSize, done: true, records } }
    const locator = `01g5e${String(kept.size).padStart(10, '0')}-${totalSize - rest.length}`
    kept.set(locator, rest)
    const nextRecordsUrl = `/services/data/${version}/query/${locator}`
    return { status: 200, body: { totalSize, done: false, nextRecordsUrl, records } }
  }
  return [
    {
      method: 'GET',
      path: `/services/data/${version}/query`,
      handler: (_, { query }) => {
        try {
          const { totalSize, records } = runQuery(parseQuery(query.get('q') ?? ''), store, version)
          return page(records, totalSize)
        } catch (error) {
          if (!(error instanceof Refused)) throw error
          return { status: 400, body: [{ message: error.message, errorCode: error.errorCode }] }
        }
      },
    },
    {
      method: 'GET',
      path: `/services/data/${version}/query/:locator`,
      handler: ({ locator = '' }) => {
        const rest = kept.get(locator)
        const before = Number(locator.split('-')[1])
        return rest
          ? page(rest, before + rest.length)
          : { status: 400, body: [{ message: 'invalid query locator', errorCode: 'INVALID_QUERY_LOCATOR' }] }
      },
    },
  ]
}

const denied = (error: string, error_description: string): Answer => ({
  status: 400,
  body: { error, error_description },
})
