import { setTimeout as after } from 'node:timers/promises'
import { cutStart, oneLine, type Secret, Vendor, VendorError } from 'foobot'
import { type Build, build, crumb, job, queueItem } from './wire.ts'

export type JenkinsOptions = {
  readonly baseUrl: string
  readonly user: string
  readonly token: Secret
  readonly timeLimit: number
}

/** Milliseconds between two looks: short at first, since much is short, then longer. */
const pauses = { first: 200, longest: 2000 }
/** Looks in a row that may fail before a build is given up for lost from sight. */
const mostMissed = 10
/** Builds of a job that are looked through. */
const mostBuilds = 200
/** Characters of a console's end that are kept. */
const mostKept = 2000
/** What to do where a build is lost from sight. */
const goesOn = 'Jenkins has it, and goes on without me: look there before you say it again.'
const gone = `Jenkins does not show it any more. ${goesOn}`

/** A Jenkins controller, as far as these commands need it. Every method throws a sentence for the room. */
export class Jenkins {
  readonly #vendor: Vendor

  constructor({ baseUrl, user, token, timeLimit }: JenkinsOptions) {
    const basic = (): string => `Basic ${Buffer.from(`${user}:${token.reveal()}`).toString('base64')}`
    this.#vendor = new Vendor({
      name: 'Jenkins',
      baseUrl,
      timeLimit,
      headers: () => ({ authorization: basic() }),
      refusal: (_, text) => complaintIn(text),
    })
  }

  /** A job with its builds, the newest first. */
  async job(name: string, signal: AbortSignal) {
    const fields = 'number,url,building,result,timestamp,estimatedDuration,actions[parameters[name,value]]'
    const answer = await this.#vendor.ask('GET', `${jobPath(name)}/api/json`, {
      query: { tree: `buildable,allBuilds[${fields}]{0,${mostBuilds}}` },
      signal,
      missing: noJob(name),
    })
    const found = answer.json(job)
    if (!found.buildable) throw new Error(`The job ${name} is disabled in Jenkins.`)
    return found
  }

  /** Puts a build into the queue. @returns the number of its item there */
  async queue(name: string, parameters: Readonly<Record<string, string>>, signal: AbortSignal): Promise<string> {
    const answer = await this.#vendor.ask('POST', `${jobPath(name)}/buildWithParameters`, {
      headers: await this.#crumb(signal),
      body: new URLSearchParams(parameters),
      signal,
      missing: noJob(name),
      // An equal build waits already: Jenkins leads to that one.
      also: [303],
    })
    // Where the item is, is told by an address that may be another than ours: its number is all that is taken of it.
    const item = /\/queue\/item\/(\d{1,12})\/?$/.exec(answer.headers.get('location') ?? '')?.[1]
    if (item !== undefined) return item
    throw new Error(`Jenkins took it and did not say where it waits: look at ${name} before you say it again.`)
  }

  /** Resolves when what waits in the queue has begun. */
  async begun(name: string, item: string, onWhy: (why: string) => void, signal: AbortSignal): Promise<Build> {
    const number = await this.#until(signal, async () => {
      const { why, cancelled, executable } = await this.#get(`/queue/item/${item}/api/json`, queueItem, signal)
      if (cancelled) throw new Error(`Somebody took ${name} out of Jenkins’ queue: nothing was done.`)
      if (!executable && why) onWhy(why)
      return executable?.number
    })
    return this.#until(signal, () => this.#build(name, number, signal))
  }

  /**
   * Resolves when a build has ended, however it did.
   * @param onLine hears the last line of its console, as it grows
   */
  async ended(name: string, { number }: Build, onLine: (line: string, now: Build) => void, signal: AbortSignal) {
    let [start, end] = [0, '']
    const decoder = new TextDecoder()
    const read = async (): Promise<boolean> => {
      const path = `${jobPath(name)}/${number}/logText/progressiveText`
      const { headers, bytes } = await this.#vendor.ask('GET', path, { query: { start }, signal, advice: goesOn })
      start = Number(headers.get('x-text-size') ?? start + bytes.length)
      end = cutStart(end + decoder.decode(bytes, { stream: true }), mostKept, '')
      return headers.get('x-more-data') === 'true'
    }
    const last = await this.#until(signal, async () => {
      const isGrowing = await read()
      const now = await this.#build(name, number, signal)
      const line = oneLine(end.trimEnd().split('\n').at(-1) ?? '')
      if (line && now.building) onLine(line, now)
      return !isGrowing && !now.building && now.result !== null ? now : undefined
    })
    return { ...last, console: end }
  }

  #build(name: string, number: number, signal: AbortSignal): Promise<Build> {
    return this.#get(`${jobPath(name)}/${number}/api/json`, build, signal)
  }

  async #get<S extends typeof build | typeof queueItem>(path: string, schema: S, signal: AbortSignal) {
    return (await this.#vendor.ask('GET', path, { signal, advice: goesOn, missing: gone })).json(
      schema as never,
    ) as ReturnType<S['parse']>
  }

  /** Looks until there is something. Work goes on without us: a look that fails in passing is made again. */
  async #until<T>(signal: AbortSignal, look: () => Promise<T | undefined>): Promise<T> {
    let [pause, missed] = [pauses.first, 0]
    for (;;) {
      try {
        const seen = await look()
        missed = 0
        if (seen !== undefined) return seen
      } catch (error) {
        missed += 1
        if (missed > mostMissed || !isPassing(error)) throw error
      }
      await after(pause, undefined, { signal })
      pause = Math.min(pauses.longest, pause * 1.3)
    }
  }

  /** What a POST must carry so that no page can make a browser send it; nothing where Jenkins asks for none. */
  async #crumb(signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    try {
      const answer = await this.#vendor.ask('GET', '/crumbIssuer/api/json', { signal })
      const given = answer.json(crumb)
      const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0])
      return { [given.crumbRequestField]: given.crumb, ...(cookies.length > 0 && { cookie: cookies.join('; ') }) }
    } catch (error) {
      if (error instanceof VendorError && error.kind === 'missing') return {}
      throw error
    }
  }
}

/** Why it does not begin a build stands in the title of its page: "Error 400 build is not parameterized". Of others the title says nothing more. */
const complaintIn = (text: string): string | undefined =>
  /<title>\s*Error (?:400|409)[\s:-]+([^<]{1,300})<\/title>/i.exec(text)?.[1]

const noJob = (name: string): string =>
  `Jenkins has no job ${name} that we may see: tell an administrator to look at its name and our rights.`

const isPassing = (error: unknown): boolean =>
  error instanceof VendorError && ['unreachable', 'late', 'busy', 'broken'].includes(error.kind)

/** A job may lie in folders, as `team/build`. Dots alone would lead to another address. */
const jobPath = (name: string): string =>
  name
    .split('/')
    .map((part) => {
      if (part === '' || part === '.' || part === '..') throw new Error(`"${name}" is no name of a job.`)
      return `/job/${encodeURIComponent(part)}`
    })
    .join('')
