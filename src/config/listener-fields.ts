import { isIP } from 'node:net'
import { z } from 'zod'
import { isSafeOrigin } from './address.ts'
import { listOf } from './fields.ts'

/** The address to listen on. */
export const host = z
  .string({ error: 'write an address to listen on, as 127.0.0.1' })
  .min(1, { error: 'write an address to listen on, as 127.0.0.1' })
  .default('127.0.0.1')

/** @param least 0 takes any free one */
export const portFrom = (least: 0 | 1) => {
  const error = `write a port, from ${least === 0 ? '0 (any free one)' : '1'} to 65535`
  return z.int({ error }).min(least, { error }).max(65_535, { error })
}

/** An origin that people dial: https, or http on this machine. */
export const originLike = (example: string) =>
  z.string({ error: `write an origin, as ${example}` }).refine((text) => isSafeOrigin(text, 'http'), {
    error: `write https and exactly scheme, host and port, as ${example}`,
  })

/** Addresses of the proxies before a listener: only what they append to X-Forwarded-For says whom a request comes from. */
export const proxy = listOf(
  z.string().refine((text) => isIP(text) !== 0, { error: 'write an address, as 127.0.0.1' }),
  'addresses of the proxies that stand before it, as 127.0.0.1',
).default(() => [])
