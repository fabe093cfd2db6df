import type { z } from 'zod'
import { isLoopback } from './address.ts'
import { refuseIfAny } from './complaint.ts'
import { readConfigFile } from './config-file.ts'
import { fieldsOf } from './fields.ts'
import { host, originLike, portFrom, proxy } from './listener-fields.ts'

const file = fieldsOf({
  /** The origin that people open, as the bundle lists it under `desks`. */
  origin: originLike('https://desk.acme.example'),
  /** Where the desk hands in what was signed: the server's origin. It may speak to no other. */
  server: originLike('https://foobot.acme.example'),
  host,
  port: portFrom(1).default(8081),
  proxy,
})

/** What a desk knows: addresses, and nothing that anybody could want to have. */
export type DeskConfig = z.output<typeof file>

/**
 * Reads a desk's own configuration file.
 * @throws FoobotError `config-malformed`
 */
export const readDeskConfig = (path: string): DeskConfig => {
  const config = readConfigFile(path, file)
  const { protocol, hostname } = new URL(config.origin)
  const isNumber = /^[\d.]+$|^\[/.test(hostname)
  const heardAround = !isLoopback(config.host) && protocol !== 'https:'
  refuseIfAny('config-malformed', [
    ...(isNumber
      ? [{ file: path, text: `origin ${config.origin}: passkeys need a name, not an address, as desk.localhost` }]
      : []),
    ...(config.origin === config.server
      ? [{ file: path, text: 'origin and server are the same: the desk has an origin of its own' }]
      : []),
    ...(heardAround
      ? [{ file: path, text: `host ${config.host} is heard by other machines: put a proxy with https before it` }]
      : []),
  ])
  return config
}
