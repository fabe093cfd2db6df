import { timingSafeEqual } from 'node:crypto'
import { type Answer, type Asked, answerBy, type Route } from '../route.ts'
import type { Given } from '../run.ts'
import { type Job, Store } from './store.ts'

/** Seconds that work takes in the world, and what is done in each part of it. */
const work = {
  rebuild: { seconds: 600, steps: ['draining', 'wiping the disk', 'installing', 'configuring', 'checking'] },
} as const

/** Answers of the inventory, over the store in the database. */
export const openInventory = ({ database, credential, numbers }: Given): ((asked: Asked) => Answer) => {
  const store = new Store(database)
  const routes = routesOf(store, numbers.speed || 1)
  const wanted = Buffer.from(`Bearer ${credential}`)
  return (asked) => {
    const shown = Buffer.from(asked.headers.authorization ?? '')
    if (shown.length !== wanted.length || !timingSafeEqual(shown, wanted)) return failed(401, 'Show a valid token.')
    store.settle(Date.now())
    return answerBy(routes, asked) ?? failed(404, 'There is nothing at this address.')
  }
}

const routesOf = (store: Store, speed: number): readonly Route[] => {
  const begin = (kind: Job['kind'], target: string, becomes: string): Answer => {
    if (store.running(target)) return failed(409, `${target} is being worked on.`)
    const started = Date.now()
    const { seconds } = work[kind]
    const job = store.begin({ kind, target, becomes, started, ends: started + Math.round((seconds * 1000) / speed) })
    return job ? { status: 202, body: jobShown(job) } : failed(500, 'It could not be begun.')
  }

  return [
    { method: 'GET', path: '/roles', handler: () => ok({ roles: store.roles() }) },
    {
      method: 'GET',
      path: '/servers/:server',
      handler: ({ server = '' }) => {
        const found = store.server(server)
        return found ? ok(found) : failed(404, `There is no server ${server}.`)
      },
    },
    {
      method: 'POST',
      path: '/servers/:server/rebuilds',
      handler: ({ server = '' }, asked) => {
        const found = store.server(server)
        const { role, from } = fieldsOf(asked)
        if (!found) return failed(404, `There is no server ${server}.`)
        if (!store.roles().includes(role)) return failed(422, `There is no role ${role}.`)
        if (found.role !== from) return failed(409, `${server} has role ${found.role}, not ${from}.`)
        return begin('rebuild', server, role)
      },
    },
    {
      method: 'GET',
      path: '/jobs/:job',
      handler: ({ job = '' }) => {
        const found = store.job(job)
        return found ? ok(jobShown(found)) : failed(404, `There is no job ${job}.`)
      },
    },
    {
      method: 'GET',
      path: '/resources/:resource',
      handler: ({ resource = '' }) => {
        const found = store.resource(resource)
        if (!found) return failed(404, `There is no resource ${resource}.`)
        return ok({ ...found, people: store.people(resource) })
      },
    },
    {
      method: 'PUT',
      path: '/resources/:resource/people/:person',
      handler: ({ resource = '', person = '' }) => {
        if (!store.resource(resource)) return failed(404, `There is no resource ${resource}.`)
        if (!store.admit(resource, person)) return failed(409, `${person} has access to ${resource} already.`)
        return { status: 201, body: { resource, person } }
      },
    },
  ]
}

const jobShown = ({ id, kind, started, ends, done }: Job) => {
  const { seconds, steps } = work[kind]
  const part = done ? 1 : Math.min(1, (Date.now() - started) / Math.max(1, ends - started))
  const step = steps[Math.min(steps.length - 1, Math.floor(part * steps.length))]
  return { id, seconds, state: done ? 'done' : 'running', step: done ? 'done' : step, part }
}

/** Fields of a body, as text; what is missing is empty. */
const fieldsOf = ({ body }: Asked): Readonly<Record<'role' | 'from', string>> => {
  const given = (body ?? {}) as Readonly<Record<string, unknown>>
  const text = (name: string): string => String(given[name] ?? '')
  return { role: text('role'), from: text('from') }
}

const ok = (body: unknown): Answer => ({ status: 200, body })

/** How it fails where a test wants it to. */
export const failedInventory = (status: number): Answer => ({
  ...failed(status, 'So it is.'),
  ...(status === 429 && { headers: { 'retry-after': '90' } }),
})

const failed = (status: number, message: string): Answer => ({ status, body: { message } })
