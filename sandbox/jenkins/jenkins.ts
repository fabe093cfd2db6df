import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { type Answer, type Asked, answerBy, type Route } from '../route.ts'
import type { Given } from '../run.ts'
import { type Build, Builds, type Job, user } from './builds.ts'
import { logOf } from './console.ts'

const crumbField = 'Jenkins-Crumb'
/** Milliseconds that a queue item is known after it has left the queue. */
const remembered = 5 * 60_000

/** What Jenkins answers at these addresses, over the builds of the database. */
export const openJenkins = ({ database, credential, numbers }: Given): ((asked: Asked) => Answer) => {
  const builds = new Builds(database, numbers.speed || 1)
  const secret = randomBytes(16)
  const crumbOf = (session: string): string => createHmac('sha256', secret).update(session).digest('hex')
  const routes = routesOf(builds, crumbOf)
  const wanted = Buffer.from(`Basic ${Buffer.from(`${user}:${credential}`).toString('base64')}`)
  return (asked) => {
    const shown = Buffer.from(asked.headers.authorization ?? '')
    const isUser = shown.length === wanted.length && timingSafeEqual(shown, wanted)
    if (!isUser) return page(401, 'Unauthorized', { 'www-authenticate': 'Basic realm="Jenkins"' })
    if (asked.method === 'POST' && !hasCrumb(asked, crumbOf))
      return page(403, 'No valid crumb was included in the request')
    builds.settle(Date.now())
    const answer = answerBy(routes, asked) ?? page(404, 'Not Found')
    return { ...answer, headers: { 'x-jenkins': '2.541', ...answer.headers } }
  }
}

/** How Jenkins fails: with a page for people. */
export const failed = (status: number): Answer =>
  page(
    status,
    status === 403 ? 'foobot is missing the Job/Build permission' : 'Oops!',
    status === 429 ? { 'retry-after': '60' } : {},
  )

const page = (status: number, what: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers: { 'content-type': 'text/html;charset=utf-8', ...headers },
  raw: `<html><head><title>Error ${status} ${what}</title></head><body><h2>HTTP ERROR ${status} ${what}</h2></body></html>\n`,
})

const sessionOf = (asked: Asked): string | undefined =>
  /JSESSIONID=([0-9a-f]{32})/.exec(asked.headers.cookie ?? '')?.[1]

const hasCrumb = (asked: Asked, crumbOf: (session: string) => string): boolean => {
  const session = sessionOf(asked)
  return session !== undefined && asked.headers[crumbField.toLowerCase()] === crumbOf(session)
}

const routesOf = (builds: Builds, crumbOf: (session: string) => string): readonly Route[] => {
  const rootOf = (asked: Asked): string => `http://${asked.headers.host}`
  const found = (params: Readonly<Record<string, string>>, then: (build: Build, job: Job) => Answer): Answer => {
    const job = builds.job(params.job ?? '')
    const build = job && builds.build(job.name, Number(params.number))
    return build && job ? then(build, job) : page(404, 'Not Found')
  }

  return [
    {
      method: 'GET',
      path: '/crumbIssuer/api/json',
      handler: (_, asked) => {
        const session = sessionOf(asked) ?? randomBytes(16).toString('hex')
        return {
          status: 200,
          headers: { 'set-cookie': `JSESSIONID=${session}; Path=/; HttpOnly` },
          body: {
            _class: 'hudson.security.csrf.DefaultCrumbIssuer',
            crumb: crumbOf(session),
            crumbRequestField: crumbField,
          },
        }
      },
    },
    {
      method: 'GET',
      path: '/job/:job/api/json',
      handler: ({ job: name = '' }, asked) => {
        const job = builds.job(name)
        if (!job) return page(404, 'Not Found')
        const [most = 100] =
          /\{0,(\d+)\}/
            .exec(asked.query.get('tree') ?? '')
            ?.slice(1)
            .map(Number) ?? []
        return ok({
          _class: 'hudson.model.FreeStyleProject',
          name,
          url: `${rootOf(asked)}/job/${name}/`,
          buildable: job.buildable === 1,
          nextBuildNumber: job.next,
          allBuilds: builds.of(name, most).map((build) => shown(build, job, rootOf(asked))),
        })
      },
    },
    {
      method: 'POST',
      path: '/job/:job/buildWithParameters',
      handler: ({ job: name = '' }, asked) => {
        const job = builds.job(name)
        if (!job) return page(404, 'Not Found')
        if (job.buildable !== 1) return page(409, `${name} is not buildable`)
        const form = new URLSearchParams(new TextDecoder().decode(asked.raw))
        // What a job does not declare is dropped.
        const given = job.parameters.map((parameter) => [parameter, form.get(parameter) ?? ''] as const)
        if (job.parameters.length === 0) return page(400, `${name} is not parameterized`)
        const { item, isNew } = builds.queue(job, Object.fromEntries(given), Date.now())
        // As `ParametersDefinitionProperty` does since 2.332.1.
        return { status: isNew ? 201 : 303, headers: { location: `${rootOf(asked)}/queue/item/${item}/` } }
      },
    },
    {
      method: 'GET',
      path: '/queue/item/:item/api/json',
      handler: ({ item = '' }, asked) => {
        const build = builds.item(Number(item))
        if (!build || (build.number !== null && Date.now() - build.starts > remembered)) return page(404, 'Not Found')
        const common = { id: build.id, task: { name: build.job }, inQueueSince: build.queued, stuck: false }
        if (build.number === null) {
          const left = ((build.starts - Date.now()) / 1000).toFixed(1)
          return ok({ ...common, blocked: false, why: `In the quiet period. Expires in ${left} sec` })
        }
        const executable = { number: build.number, url: urlOf(build, rootOf(asked)) }
        return ok({ ...common, cancelled: false, why: null, executable })
      },
    },
    {
      method: 'GET',
      path: '/job/:job/:number/api/json',
      handler: (params, asked) => found(params, (build, job) => ok(shown(build, job, rootOf(asked)))),
    },
    {
      method: 'GET',
      path: '/job/:job/:number/logText/progressiveText',
      handler: (params, asked) =>
        found(params, (build, job) => {
          const all = Buffer.from(logOf(build, job, Date.now()))
          const start = Math.min(all.length, Number(asked.query.get('start') ?? 0) || 0)
          return {
            status: 200,
            headers: {
              'content-type': 'text/plain;charset=utf-8',
              'x-text-size': String(all.length),
              ...(build.result === null && { 'x-more-data': 'true' }),
            },
            raw: all.subarray(start),
          }
        }),
    },
    {
      method: 'POST',
      path: '/job/:job/:number/stop',
      handler: (params, asked) =>
        found(params, (build) => {
          builds.stop(build, Date.now())
          return { status: 302, headers: { location: urlOf(build, rootOf(asked)) } }
        }),
    },
  ]
}

const urlOf = ({ job, number }: Build, root: string): string => `${root}/job/${job}/${number}/`

const shown = (build: Build, job: Job, root: string) => ({
  _class: 'hudson.model.FreeStyleBuild',
  number: build.number,
  url: urlOf(build, root),
  building: build.result === null,
  result: build.result,
  timestamp: build.starts,
  duration: build.result === null ? 0 : build.ends - build.starts,
  estimatedDuration: job.estimate,
  actions: [
    {
      _class: 'hudson.model.CauseAction',
      causes: [{ shortDescription: `Started by user ${user}`, userId: user, userName: user }],
    },
    {
      _class: 'hudson.model.ParametersAction',
      parameters: Object.entries(build.parameters).map(([name, value]) => ({ name, value })),
    },
    {},
  ],
})

const ok = (body: unknown): Answer => ({ status: 200, body })
