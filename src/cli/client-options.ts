import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import type { Connection, ConnectionEars } from '#client/connection.ts'

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
    .option('--server <url>', 'where the server is', process.env.FOOBOT_SERVER ?? 'http://localhost:8080')
    .option('--data <dir>', 'the data folder: demo keys lie in it', process.env.FOOBOT_DATA ?? './data')
    .option('--key <file>', 'your SSH key; else the agent, else <data>/keys/PERSON')

/** A connection as that person, not yet dialled. */
export const connectionOf = async (
  { as, server, data, key }: ClientOptions,
  keepTrying: number,
  ears: ConnectionEars,
): Promise<Connection> => {
  const [{ Connection }, { findSigners }] = await Promise.all([
    import('#client/connection.ts'),
    import('#client/find-signer.ts'),
  ])
  const agent = process.env.SSH_AUTH_SOCK
  const signers = await findSigners({
    person: as,
    data,
    ...(key !== undefined && { keyFile: key }),
    ...(agent && { agent }),
  })
  return new Connection({
    server,
    person: as,
    signers,
    clock: Date.now,
    newId: () => randomBytes(12).toString('hex'),
    keepTrying,
    ears,
  })
}
