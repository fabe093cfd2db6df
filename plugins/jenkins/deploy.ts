import type { Inspected, Program } from 'foobot'
import type { Jenkins } from './client.ts'
import { fitting, presentIn, Versions } from './deployment.ts'

/** Bytes of all changes: in what is signed, where all facts together stay below 4 KiB, and in what is said. */
const room = { signed: 2400, said: 500 }

/** An app that is deployed through Jenkins. */
export type App = {
  /** Who answers for it, as the company's `owners` maps it. */
  readonly owner: string
  /** The job that deploys it, with the parameters VERSION, COMMIT, ENVIRONMENT and FROM. */
  readonly job: string
  /** The path of its repository on the runner's machine; its versions are tags. */
  readonly repository: string
  readonly environments: readonly string[]
}

/** Where something goes: found among the apps of the configuration. */
export const appOf = (apps: Readonly<Record<string, App>>, name: string, environment: string): App => {
  const app = Object.hasOwn(apps, name) ? apps[name] : undefined
  if (!app) throw new Error(`There is no app ${name}: ${Object.keys(apps).join(', ') || 'none is configured'}.`)
  if (!app.environments.includes(environment))
    throw new Error(`${name} does not run in ${environment}: ${app.environments.join(', ')}.`)
  return app
}

/** What a deployment would change, for those who say yes to it: the commits that come and go, and what will be done. */
export const inspectDeployment = async (
  jenkins: Jenkins,
  { owner, job, repository }: App,
  [name, version, environment]: readonly [app: string, version: string, environment: string],
  program: Program,
  signal: AbortSignal,
): Promise<Inspected> => {
  const versions = new Versions(repository)
  const [{ allBuilds }, commit] = await Promise.all([jenkins.job(job, signal), versions.commitOf(version, program)])
  if (commit === undefined) throw new Error(`${name} has no version ${version}.`)
  const { version: present, lastTry } = presentIn(environment, allBuilds)
  const before = present === undefined ? undefined : await versions.commitOf(present, program)
  const changes = before === undefined ? undefined : await versions.changes(before, commit, program)
  return {
    type: 'App',
    id: `${name}/${environment}`,
    owner,
    facts: {
      present: present ?? 'nothing',
      commit,
      changes: changes ? [...fitting(changes, room.signed)] : ['unknown: what runs is no version of the repository'],
      plan: [
        `Jenkins job ${job}: VERSION=${version}, COMMIT=${commit}, ENVIRONMENT=${environment}, FROM=${present ?? ''}`,
      ],
      ...(lastTry !== undefined && { lastTry }),
    },
    say: sayOf(name, version, environment, present, changes, lastTry),
  }
}

/** A version that somebody has given to Jenkins by hand may be any text: between quotes it is no sentence of ours. */
const asVersion = (text: string): string => (/^[\w.+-]{1,80}$/.test(text) ? text : inQuotes(text))

/** What a change is called, between quotes: `+ 1a2b3c "Keep the fonts"`. */
const quoted = (change: string): string =>
  change.replace(/^([+-] \S+ )(.*)$/, (_, before: string, subject: string) => before + inQuotes(subject))

const inQuotes = (text: string): string => `"${text.replaceAll('"', "'")}"`

const sayOf = (
  app: string,
  version: string,
  environment: string,
  present: string | undefined,
  changes: readonly string[] | undefined,
  lastTry: string | undefined,
): string => {
  const now =
    present === undefined ? `${environment} has no ${app} yet.` : `${environment} has ${app} ${asVersion(present)}.`
  const failed = lastTry === undefined ? '' : ` The last try there did not end well: ${lastTry}.`
  if (!changes) return `${now}${failed}`
  if (changes.length === 0) return `${now} ${version} is the same commit.${failed}`
  return `${now} ${version} changes: ${fitting(changes.map(quoted), room.said).join('; ')}.${failed}`
}
