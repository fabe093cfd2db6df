import { isAbsolute, join } from 'node:path'

/** What is only ever heard on the machine itself. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' ||
  host.endsWith('.localhost') ||
  host === '::1' ||
  host === '[::1]' ||
  /^127(?:\.\d{1,3}){3}$/.test(host)

/** Exactly scheme, host and port; plain only on this machine. */
export const isSafeOrigin = (text: string, scheme: 'http' | 'ws'): boolean => {
  if (!URL.canParse(text)) return false
  const { protocol, host, hostname } = new URL(text)
  if (text !== `${protocol}//${host}`) return false
  return protocol === `${scheme}s:` || (protocol === `${scheme}:` && isLoopback(hostname))
}

/** A path as a configuration file means it: seen from the folder that the file lies in. */
export const seenFrom = (folder: string, path: string): string => (isAbsolute(path) ? path : join(folder, path))

/** Bytes of the path of a Unix socket, at most: the system cuts off what is longer. */
export const longestSocket = 107
