import { existsSync } from 'node:fs'
import type { Connection } from '#client/connection.ts'
import { signRemoval } from '#client/key-change.ts'
import { readKeyFile } from '#client/key-file.ts'
import { toSeconds } from '#core/clock.ts'
import { FoobotError } from '#core/errors.ts'
import { type Key, keyid, parseKey } from '#core/signature/key.ts'
import { keyName } from '#core/signature/key-name.ts'
import type { HeldKey } from '#wire/native.ts'
import { askByHand } from '../ask-by-hand.ts'
import { type ClientOptions, connectionOf } from '../client-options.ts'
import { companyHere, deploymentOf } from '../company-here.ts'
import { conclude, exits, refuse, UsageError } from '../failure.ts'
import { complain, print, printAside } from '../tell.ts'
import { line } from '../terminal/clean.ts'
import { bestListed } from './best-listed.ts'
import { writeChangeFile } from './change-file.ts'

export type RemoveOptions = ClientOptions & {
  readonly of?: string
  readonly yes?: true
  readonly out?: string
  readonly deployment?: string
}

/** Removes a key; gives the exit code. */
export const removeKeyOf = async (wanted: string, options: RemoveOptions): Promise<number> => {
  const connection = await connectionOf(options)
  const person = options.of ?? options.as
  try {
    const deployment = await reached(connection)
    if (deployment === undefined) return await withoutServer(wanted, person, connection, options)
    const held = await connection.keys(person)
    const key = keyIn(wanted, held, person)
    if (!options.yes && !(await isMeant(key, person, held))) return refuse('Not removed.')
    const signer = person === options.as ? connection.signer : await bestListed(connection, options.as)
    const envelope = await signRemoval(key, signer, { deployment, person, now: toSeconds(Date.now()) })
    if (person !== options.as) {
      const file = options.out ?? `removed-key-of-${person}.json`
      writeChangeFile(file, envelope)
      print(
        line`Signed. One more has to: send ${file} to a second colleague of the group People, who runs`,
        line`  foobot key vouch ${file} --as THEIR-NAME`,
      )
      return exits.done
    }
    if (options.out !== undefined) writeChangeFile(options.out, envelope)
    const exit = conclude(await connection.present(envelope))
    if (exit === exits.done) printAside(...stolenNext(key, person))
    return exit
  } finally {
    connection.close()
  }
}

/** A key that its own person removed may go on removing theirs: only colleagues put an end to that. */
const stolenNext = (key: Key, person: string): readonly string[] => [
  'If it was stolen, whoever has it can still remove your other keys. Have two colleagues of the group People remove it too:',
  'nothing that it signs is taken from then on. The first runs',
  line`  foobot key remove "${key}" --of ${person} --as THEIR-NAME`,
]

/** The deployment of the server; undefined where there is none to be reached. */
const reached = async (connection: Connection): Promise<string | undefined> => {
  try {
    return (await connection.open()).deployment
  } catch (error) {
    if (error instanceof FoobotError && error.code === 'server-unreachable') return undefined
    throw error
  }
}

/** Runners take a removal from anybody: a server that is away, or keeps it back, does so in vain. */
const withoutServer = async (
  wanted: string,
  person: string,
  { signer }: Connection,
  { out, data, deployment, server, as }: RemoveOptions,
): Promise<number> => {
  if (out === undefined || person !== as) throw new FoobotError('server-unreachable', `${server} cannot be reached`)
  const owner = { deployment: deploymentOf(deployment, companyHere(data)), person, now: toSeconds(Date.now()) }
  writeChangeFile(out, await signRemoval(wholeKey(wanted), signer, owner))
  complain(
    line`The server cannot be reached. ${out} holds the removal, signed with ${keyName(signer.key)}. Hand it to each runner, and to the server when it is back:`,
  )
  printAside(line`  foobot runner accept ${out} --config FILE`, line`  foobot key remove ${wanted} --as ${as}`)
  return exits.unreachable
}

/** @throws UsageError where it is none of the keys, or several */
const keyIn = (wanted: string, held: readonly HeldKey[], person: string): Key => {
  if (!/^[0-9a-f]{4,64}$/i.test(wanted)) return wholeKey(wanted)
  // Worked out here: a server that says which key is which chooses the key that is removed.
  const found = held.filter(({ key }) => keyid(key).startsWith(wanted.toLowerCase()))
  const [one, ...others] = found
  if (one && others.length === 0) return one.key
  throw new UsageError(
    one
      ? `${wanted} begins ${found.length} keys of ${person}: give more of the id`
      : `${person} has no key ${wanted}: "foobot key list" shows those that there are.`,
  )
}

/** A key by its file, or by its text. */
const wholeKey = (wanted: string): Key => {
  if (existsSync(wanted)) return readKeyFile(wanted).key
  try {
    return parseKey(wanted.trim().split(/\s+/, 2).join(' '))
  } catch {
    throw new UsageError(
      `${wanted} is no key: give the beginning of its id, its .pub file, or the key itself in quotes`,
    )
  }
}

const isMeant = async (key: Key, person: string, held: readonly HeldKey[]): Promise<boolean> => {
  printAside(line`This removes from ${person}, for good, ${keyName(key)} and all keys that it added:`, line`  ${key}`)
  if (held.every((other) => other.key === key))
    printAside(
      'There is no other key in force: after this, two colleagues of the group People have to vouch for a new one.',
    )
  return askByHand('remove it')
}
