import { createHash } from 'node:crypto'
import { request as plain } from 'node:http'
import { request as secure } from 'node:https'
import { isLoopback } from '#config/address.ts'
import type { Check, Finding } from './finding.ts'

/** Milliseconds to wait for a file. */
const patience = 5_000
/** Bytes of a file that are read: far more than a desk has. */
const most = 8 * 1024 ** 2

/** What each desk serves is what the bundle says: people decide about production by what stands there. */
export const checkDesks: Check = async ({ company }) => {
  const findings = await Promise.all([...(company?.desks ?? [])].map(([origin, { files }]) => lookAt(origin, files)))
  return findings.flat()
}

const lookAt = async (origin: string, files: ReadonlyMap<string, string>): Promise<Finding[]> => {
  if (files.size === 0) {
    const say = `The bundle lists no files of the desk ${origin}, so nobody can tell whether it serves what it should. List each with its SHA-256 in company.yaml.`
    return [{ about: 'desk', level: 'fail', say }]
  }
  const looked = await Promise.all(
    [...files].map(async ([path, digest]) => ({ path, digest, got: await get(origin, path) })),
  )
  if (looked.every(({ got }) => got === undefined)) {
    return [
      {
        about: 'desk',
        level: 'warn',
        say: `Nothing answers at the desk ${origin}: start it, so that it can be compared.`,
      },
    ]
  }
  const wrong = looked.filter(({ digest, got }) => got?.digest !== digest).map(({ path }) => path)
  if (wrong.length > 0) {
    const say = `The desk ${origin} does not serve what the bundle lists: ${wrong.join(', ')}. Sign nothing there until you know why: put its files back, or sign a bundle that lists the new ones.`
    return [{ about: 'desk', level: 'fail', say }]
  }
  const open = looked.filter(({ got }) => !got?.isClosed).map(({ path }) => path)
  if (open.length > 0) {
    const say = `The desk ${origin} serves ${open.join(', ')} without its Content-Security-Policy: other scripts could run in it, or frames hold it. Let nothing between it and people take its headers away.`
    return [{ about: 'desk', level: 'fail', say }]
  }
  return [{ about: 'desk', level: 'ok', say: `${origin} serves what the bundle lists, ${files.size} files` }]
}

type Got = {
  /** SHA-256 in hex; undefined for what is no file. */
  readonly digest: string | undefined
  /** It comes with a policy that lets no script of others run, and no frame hold it. */
  readonly isClosed: boolean
}

/** Undefined where nothing answers. What people open is asked for as they do. */
const get = (origin: string, path: string): Promise<Got | undefined> =>
  new Promise((resolve) => {
    const url = new URL(path === 'index.html' ? '/' : `/${path}`, origin)
    const ask = url.protocol === 'https:' ? secure : plain
    // Names of this machine need no name service to know them.
    const hostname = isLoopback(url.hostname) ? '127.0.0.1' : url.hostname
    const asking = ask(
      { hostname, port: url.port, path: url.pathname, headers: { host: url.host }, servername: url.hostname },
      (answer) => {
        const digest = createHash('sha256')
        let bytes = 0
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes > most) answer.destroy(new Error('too large'))
          else digest.update(chunk)
        })
        answer.once('error', () => resolve({ digest: undefined, isClosed: false }))
        answer.once('end', () => {
          const policy = String(answer.headers['content-security-policy'] ?? '')
          const isClosed = policy.includes("default-src 'none'") && policy.includes("frame-ancestors 'none'")
          resolve({ digest: answer.statusCode === 200 ? digest.digest('hex') : undefined, isClosed })
        })
      },
    )
    asking.setTimeout(patience, () => asking.destroy(new Error('it takes too long')))
    asking.once('error', () => resolve(undefined))
    asking.end()
  })
