import { randomBytes } from 'node:crypto'
import { readHandover, signAddition, signToo } from '#client/key-change.ts'
import type { Signer } from '#client/signer.ts'
import { toSeconds } from '#core/clock.ts'
import { inFives, spokenKey } from '#core/signature/spoken.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { type ClientOptions, connectionOf, signersOf } from '../client-options.ts'
import { companyHere, deploymentOf, deskOf } from '../company-here.ts'
import { exits, refusedBy, UsageError } from '../failure.ts'
import { passOn } from '../pass-on.ts'
import { openQuestions } from '../question.ts'
import { print, printAside } from '../tell.ts'
import { line } from '../terminal/clean.ts'
import { bestListed } from './best-listed.ts'
import { readChange, writeChangeFile } from './change-file.ts'

export type AddOptions = ClientOptions & {
  readonly newKey?: string
  readonly desk?: string
  readonly lost?: true
  readonly deployment?: string
  readonly out?: string
}

/** Milliseconds that somebody may take at the desk while the line to the server breaks and comes back. */
const patience = 600_000

/** Adds a key that one of the person's own keys signs for; gives the exit code. */
export const addKeyOf = async (options: AddOptions): Promise<number> => {
  const here = companyHere(options.data)
  const make = maker(options, here)
  const connection = await connectionOf(options, patience)
  try {
    const { deployment } = await connection.open()
    if (here && here.deployment !== deployment)
      throw new UsageError(`the server is of ${deployment}, and ${options.data} of ${here.deployment}`)
    const envelope = await signToo(await make(deployment), await bestListed(connection, options.as))
    if (options.out !== undefined) writeChangeFile(options.out, envelope)
    const { accepted, say } = await connection.present(envelope)
    if (!accepted) return refusedBy(say)
    passOn(say)
    if (connection.signer.key !== readChange(envelope).value.key) printAside(...listing(options.as, envelope))
    return exits.done
  } finally {
    connection.close()
  }
}

/** Makes a key that colleagues have to vouch for, and tells who does what next. */
export const addLostKeyOf = async (options: AddOptions): Promise<number> => {
  const here = companyHere(options.data)
  const make = maker(options, here)
  const envelope = await make(deploymentOf(options.deployment, here))
  const file = options.out ?? `key-of-${options.as}.json`
  writeChangeFile(file, envelope)
  print(...lostNext(file, options.as, inFives(spokenKey(readChange(envelope).value.key))))
  return exits.done
}

type Make = (deployment: string) => Promise<Envelope>

const maker = (options: AddOptions, here: ReturnType<typeof companyHere>): Make => {
  const { as: person, newKey } = options
  const now = (): number => toSeconds(Date.now())
  if (newKey !== undefined) {
    return async (deployment) => {
      const [signer] = await newSigner(options, newKey)
      return signAddition(signer, { deployment, person, now: now() })
    }
  }
  const desk = deskOf(options.desk, here)
  return async (deployment) => {
    const secret = randomBytes(16)
    const fragment = new URLSearchParams({ 'key-add': secret.toString('base64url'), deployment, person })
    printAside('Open this link on the device that will hold the passkey. It is for you alone:', '')
    print(line`${desk}/#${fragment.toString()}`)
    printAside('')
    const questions = openQuestions(process.stdin, process.stderr)
    try {
      const text = await questions.ask('Then paste the text that the page shows:')
      return readHandover(text, { secret, desk, deployment, person, now: now() })
    } finally {
      questions.close()
    }
  }
}

/** The new key signs for itself: nobody can give a person a key that they do not hold. */
const newSigner = (options: AddOptions, newKey: string): Promise<readonly [Signer, ...Signer[]]> =>
  signersOf({ ...options, key: newKey })

const listing = (person: string, envelope: Envelope): readonly string[] => [
  line`To keep it for longer, an administrator lists it under "keys" in people/${person}.yaml:`,
  line`  - ${readChange(envelope).value.key}`,
]

const lostNext = (file: string, person: string, spoken: string): readonly string[] => [
  line`Your new key is in ${file}. It counts for nothing yet. Now:`,
  '',
  '1. Send the file to two colleagues of the group People.',
  '2. Call each, so that they know you by your voice, and read them these twenty characters:',
  '',
  `     ${spoken}`,
  '',
  line`3. The first runs:    foobot key vouch ${file} --as THEIR-NAME`,
  '   and sends the file that this wrote to the second, who runs the same.',
  '',
  '24 hours after the second, the key counts, for commands up to sensitive. An administrator lists it for more.',
  line`Have the same two remove the key that you lost: "foobot key list --of ${person} --as THEIR-NAME" shows its id,`,
  line`"foobot key remove ID --of ${person} --as THEIR-NAME" begins.`,
]
