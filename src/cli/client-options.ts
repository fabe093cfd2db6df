import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import type { Connection, ConnectionEars } from '#client/connection.ts'
import type { Signer } from '#client/signer.ts'
import { dataOption, serverOption } from './where.ts'

/** What every subcommand takes that speaks to a server as a person. */
export type ClientOptions = {
  readonly as: string
  readonly server: string
  readonly data: string
  readonly key?: string
}

export const clientOptions = (command: Command): Command =>
  command
    .requiredOption('--as <person>', 'who you are, by the name that the company gives you')
    .addOption(serverOption())
    .addOption(dataOption('the data folder: the example’s keys lie in it'))
    .option('--key <file>', 'your SSH key; else the agent, else <data>/keys/PERSON')

/** Of who asks once and leaves: they listen to no room. */
const unheard: ConnectionEars = {
  heard: () => undefined,
  lost: () => undefined,
  back: () => undefined,
  gone: () => undefined,
}

/**
 * A connection as that person, not yet dialled.
 * @param keepTrying milliseconds for which a line that breaks is dialled again
 */
export const connectionOf = async (options: ClientOptions, keepTrying = 0, ears = unheard): Promise<Connection> => {
  const { Connection } = await import('#client/connection.ts')
  return new Connection({
    server: options.server,
    person: options.as,
    signers: await signersOf(options),
    clock: Date.now,
    newId: () => randomBytes(12).toString('hex'),
    keepTrying,
    ears,
  })
}

/**
 * What may sign for that person.
 * @throws FoobotError as `findSigners`
 */
export const signersOf = async ({
  as,
  data,
  key,
}: Omit<ClientOptions, 'server'>): Promise<readonly [Signer, ...Signer[]]> => {
  const { findSigners } = await import('#client/find-signer.ts')
  const agent = process.env.SSH_AUTH_SOCK
  return findSigners({ person: as, data, ...(key !== undefined && { keyFile: key }), ...(agent && { agent }) })
}
