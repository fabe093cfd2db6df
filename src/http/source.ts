import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'

/** Whom a connection or a request comes from, as limits count it. */
export type Sources = {
  /** Of a connection; undefined where a proxy makes it, which says with each request for whom. */
  ofConnection(address: string | undefined): string | undefined
  /** Of a request. */
  ofRequest(request: Asking): string
}

/** What of a request tells where it comes from. */
type Asking = {
  readonly headers: IncomingHttpHeaders
  readonly socket: { readonly remoteAddress?: string | undefined }
}

/** The header in which a proxy appends the address that it saw. */
const forwarded = 'x-forwarded-for'

/**
 * A source is the address of the socket. Where that is a listed proxy, it is the last address that this proxy appended: all
 * before it is what the client itself may have written, and counts for nothing. A proxy that appends none is the source itself.
 * @param proxies addresses, as `127.0.0.1`
 */
export const sourcesBehind = (proxies: readonly string[] = []): Sources => {
  const known = new Set(proxies.map(addressOf))
  const isProxy = (address: string | undefined): boolean => known.has(addressOf(address))
  return {
    ofConnection: (address) => (isProxy(address) ? undefined : sourceOf(address)),
    ofRequest: ({ headers, socket: { remoteAddress } }) => {
      if (!isProxy(remoteAddress)) return sourceOf(remoteAddress)
      const seen = String(headers[forwarded] ?? '').split(',')
      return sourceOf(seen.at(-1)) || sourceOf(remoteAddress)
    },
  }
}

/**
 * The source that an address belongs to: an IPv4 address by itself, also where it is written as IPv6; an IPv6 address by the
 * /64 that it lies in, which one customer has. A Unix socket's end has no address: all of them are one source.
 */
export const sourceOf = (address?: string): string => {
  const whole = addressOf(address)
  if (isIP(whole) !== 6) return whole
  const [a, b, c, d] = whole.split(':')
  return `${a}:${b}:${c}:${d}::/64`
}

/** An address in one form, without brackets, port and zone; empty for what is none. */
const addressOf = (address = ''): string => {
  const bare = /^\s*\[?([^\][%]*)/.exec(address)?.[1]?.trim() ?? ''
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1] ?? bare.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
  if (isIP(mapped) === 6) return groupsOf(mapped).join(':')
  return isIP(mapped) === 4 ? mapped : ''
}

/** The eight groups of an IPv6 address, each without leading zeros. */
const groupsOf = (address: string): readonly string[] => {
  const { hostname } = new URL(`http://[${address}]`)
  const [head = '', tail] = hostname.slice(1, -1).split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after]
}
