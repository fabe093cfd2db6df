import {
  type DateOrder,
  dateOrder,
  type Inspected,
  plugin,
  secret,
  timeZone,
  vendorTimeLimit,
  vendorUrl,
  z,
} from 'foobot'
import { Jenkins } from './client.ts'
import { type App, appOf, inspectDeployment } from './deploy.ts'
import { follow } from './following.ts'

/** Seconds that a build may take before nobody waits for it. */
const patience = 2 * 3600

type System = {
  readonly jenkins: Jenkins
  readonly jobs: { readonly build: string; readonly install: string }
  readonly apps: Readonly<Record<string, App>>
  /** A time of day as the company writes it. */
  readonly clock: (at: number) => string
}

const jobName = () => z.string().min(1).max(200)

/** As `11:03 a.m.`, or `11:03` where days come before months. */
const clockOf =
  (timeZone: string, order: DateOrder) =>
  (at: number): string => {
    const format = new Intl.DateTimeFormat('en-US', { timeZone, hour: 'numeric', minute: '2-digit', hour12: true })
    const part = (type: Intl.DateTimeFormatPartTypes): string =>
      format.formatToParts(at).find((one) => one.type === type)?.value ?? ''
    const isMorning = part('dayPeriod').toUpperCase() === 'AM'
    if (order === 'month-first') return `${part('hour')}:${part('minute')} ${isMorning ? 'a.m.' : 'p.m.'}`
    return new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(at)
  }

const minutes = (milliseconds: number): string => {
  const count = Math.max(1, Math.round(milliseconds / 60_000))
  return count === 1 ? '1 minute' : `${count} minutes`
}

const jobOf = async ({ jenkins }: System, job: string, signal: AbortSignal): Promise<Inspected> => {
  await jenkins.job(job, signal)
  return { type: 'Job', id: job, facts: {} }
}

export default plugin('jenkins', {
  summary: 'Builds, installs and deployments by Jenkins',
  config: {
    /** The controller's address, with its path where it has one. */
    baseUrl: vendorUrl(),
    /** Whose API token it is. */
    user: z.string().min(1),
    token: secret(),
    /** The jobs, each with a parameter BUILD; in folders as `team/build`. */
    jobs: z
      .strictObject({ build: jobName().default('build'), install: jobName().default('platform-install') })
      .prefault({}),
    /** What can be deployed, by name. */
    apps: z
      .record(
        z.string(),
        z.strictObject({
          owner: z.string().min(1),
          job: jobName(),
          repository: z.string().startsWith('/'),
          environments: z.array(z.string().min(1)).min(1),
        }),
      )
      .default({}),
    zone: timeZone(),
    dateOrder: dateOrder(),
    timeLimit: vendorTimeLimit(),
  },
  connect: ({ baseUrl, user, token, timeLimit, jobs, apps, zone, dateOrder }): System => ({
    jenkins: new Jenkins({ baseUrl, user, token, timeLimit }),
    jobs,
    apps,
    clock: clockOf(zone, dateOrder),
  }),
  commands: (command) => [
    command('build <build:word>', {
      summary: 'Build and test a commit',
      tier: 'member',
      example: 'build commit-1248994',
      timeLimit: patience,
      inspect: ({ system, signal }) => jobOf(system, system.jobs.build, signal),
      async run({ args: { build }, system: { jenkins }, resource, requester, say, progress, signal }) {
        const { id: job } = resource
        const item = await jenkins.queue(job, { BUILD: build, REQUESTED_BY: requester?.id ?? '' }, signal)
        say(`Building ${build}`)
        const begun = await jenkins.begun(job, item, progress, signal)
        await follow(jenkins, job, begun, `Build ${build}`, { say, progress, signal })
        return `Build ${build} complete`
      },
    }),
    command('platform install <build:word>', {
      summary: 'Install a build on the platform',
      tier: 'member',
      example: 'platform install commit-1248994',
      timeLimit: patience,
      inspect: ({ system, signal }) => jobOf(system, system.jobs.install, signal),
      async run({ args: { build }, system: { jenkins, clock }, resource, requester, say, progress, signal }) {
        const { id: job } = resource
        const what = `Platform install ${build}`
        const who = requester?.id ?? 'nobody'
        const item = await jenkins.queue(job, { BUILD: build, REQUESTED_BY: who }, signal)
        const begun = await jenkins.begun(job, item, progress, signal)
        say(`${what} (#${begun.number}). Started by user: ${who} (${clock(begun.timestamp)})`)
        await follow(jenkins, job, begun, what, { say, progress, signal })
        return `${what} complete`
      },
    }),
    command('deploy <app:word> <version:word> to <environment:word>', {
      summary: 'Put a version of an app in place of the one that runs',
      tier: 'dangerous',
      example: 'deploy timeline 2.4.1 to prod',
      exclusive: true,
      timeLimit: patience,
      inspect: ({ args: { app, version, environment }, system, program, signal }) =>
        inspectDeployment(
          system.jenkins,
          appOf(system.apps, app, environment),
          [app, version, environment],
          program,
          signal,
        ),
      async run({ args: { app, version, environment }, system, resource, requester, say, progress, signal }) {
        const { jenkins, apps } = system
        const { job } = appOf(apps, app, environment)
        const { present, commit } = resource.facts
        const parameters = {
          VERSION: version,
          COMMIT: String(commit),
          ENVIRONMENT: environment,
          FROM: present === 'nothing' ? '' : String(present),
          REQUESTED_BY: requester?.id ?? '',
        }
        const begun = await jenkins.begun(job, await jenkins.queue(job, parameters, signal), progress, signal)
        const until = begun.estimatedDuration > 0 ? ` See you in ${minutes(begun.estimatedDuration)}...` : ''
        say(`Deploying ${app} ${version} to ${environment}.${until}`)
        await follow(jenkins, job, begun, `The deployment of ${app} ${version} to ${environment}`, {
          say,
          progress,
          signal,
        })
        return `${app} ${version} successfully deployed to ${environment}, in place of ${present}!`
      },
    }),
  ],
})
