import { FoobotError } from '#core/errors.ts'

/** By what name a listener is dialled: by one, and no other. */
export type Hosts = {
  /** What people open and dial, and the only server that a login here may name. */
  readonly origin: string
  /** True for the one value of the Host header that is ours: a page of another site that resolves to this machine has another. */
  readonly isOurs: (host: string | undefined) => boolean
  /** What whoever dials by another name is told. */
  readonly misdirected: string
}

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

/**
 * With a public address that one alone; without, exactly what is listened on. Another name for the same machine may lead to
 * somebody else's port there, who could hand on here what people sign for them.
 * @param address the address that is listened on, as the system tells it
 * @param port the one that is listened on in the end
 */
export const hostsOf = (address: string, port: number, publicUrl: string | undefined): Hosts => {
  const here = `http://${address.includes(':') ? `[${address}]` : address}:${port}`
  const origin = (publicUrl === undefined ? undefined : originOf(publicUrl)) ?? new URL(here).origin
  const { host: ours } = new URL(origin)
  return {
    origin,
    isOurs: (host) => host?.toLowerCase() === ours,
    misdirected: `This server goes by ${origin}, and by no other name.`,
  }
}

/** The origin of an http address that is nothing but an origin. */
const originOf = (address: string): string | undefined => {
  const url = URL.parse(address)
  if (!url || !/^https?:$/.test(url.protocol)) return undefined
  return url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' ? url.origin : undefined
}
