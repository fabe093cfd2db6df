import { z } from 'zod'

const loopback = ['localhost', '127.0.0.1', '[::1]']

const isSafe = (text: string): boolean => {
  const url = URL.parse(text)
  if (url?.username !== '' || url.password !== '') return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback.includes(url.hostname))
}

/**
 * The address of a vendor's API, for a plugin's configuration. A credential goes there: in the clear to this machine
 * alone, and it never stands in the address itself.
 */
export const vendorUrl = () =>
  z.string().refine(isSafe, 'write an address with https:// and without a password; http:// is for this machine alone')

/** Seconds that a vendor has for one answer, for a plugin's configuration: 1 to 60, 15 where it is not said. */
export const vendorTimeLimit = () => z.number().min(1).max(60).default(15)
