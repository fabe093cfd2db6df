import { FoobotError } from '#core/errors.ts'

/** By what names this server may be dialled. */
export type Hosts = {
  /** For people to open: the public one where there is one. */
  readonly url: string
  /** What a login may name as its server. */
  readonly origins: readonly string[]
  /** Values of the Host header that are ours; a page of another site that resolves to this machine has none of them. */
  readonly isOurs: (host: string | undefined) => boolean
  /** Dialled from this machine by a loopback name, past any proxy. */
  readonly isLocal: (host: string | undefined) => boolean
}

const loopback = ['localhost', '127.0.0.1', '[::1]']

/** True for addresses that nobody outside this machine can reach. */
export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/.test(host)

/**
 * Refuses what would send people's words over a network in plain text.
 * @throws FoobotError `http-plain`, `public-url-malformed`
 */
export const checkAddress = (host: string, publicUrl: string | undefined): void => {
  if (publicUrl !== undefined && originOf(publicUrl) === undefined) {
    throw new FoobotError('public-url-malformed', `publicUrl ${publicUrl}`)
  }
  if (isLoopback(host) || publicUrl?.startsWith('https://')) return
  throw new FoobotError('http-plain', `plain http on ${host}`)
}

/** @param port the one that is listened on in the end */
export const hostsOf = (host: string, port: number, publicUrl: string | undefined): Hosts => {
  const local = loopback.map((name) => `http://${name}:${port}`)
  const open = publicUrl === undefined ? undefined : originOf(publicUrl)
  const origins = open === undefined ? local : [...local, open]
  const ours = new Set(origins.map(hostOf))
  const near = new Set(local.map(hostOf))
  return {
    url: open ?? `http://${host === '127.0.0.1' || host === '::1' ? 'localhost' : host}:${port}`,
    origins,
    isOurs: (value) => value !== undefined && ours.has(value.toLowerCase()),
    isLocal: (value) => value !== undefined && near.has(value.toLowerCase()),
  }
}

const hostOf = (origin: string): string => new URL(origin).host

/** The origin of an http address that is nothing but an origin. */
const originOf = (address: string): string | undefined => {
  const url = URL.parse(address)
  if (!url || !/^https?:$/.test(url.protocol)) return undefined
  return url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' ? url.origin : undefined
}
