import { signToo } from '#client/key-change.ts'
import { keyName } from '#core/signature/key-name.ts'
import { asHeard, spokenKey } from '#core/signature/spoken.ts'
import { askByHand } from '../ask-by-hand.ts'
import { type ClientOptions, connectionOf } from '../client-options.ts'
import { conclude, exits, refuse } from '../failure.ts'
import { openQuestions } from '../question.ts'
import { print, printAside } from '../tell.ts'
import { clean, line } from '../terminal/clean.ts'
import { hang } from '../terminal/hang.ts'
import { bestListed } from './best-listed.ts'
import { type Change, readChangeFile, writeChangeFile } from './change-file.ts'

export type VouchOptions = ClientOptions

/** How many people have to vouch. */
const enough = 2

/** Signs what a colleague handed over, once it is certain which key it is; presents it when two have. */
export const vouch = async (file: string, options: VouchOptions): Promise<number> => {
  const change = readChangeFile(file)
  const { person, deployment } = change.value
  if (person === options.as)
    return refuse(
      'Nobody vouches for themself: add a key with one of your own, "foobot key add", or ask two colleagues.',
    )
  const connection = await connectionOf(options)
  try {
    const welcome = await connection.open()
    if (welcome.deployment !== deployment)
      return refuse(`That is for ${deployment}, and this server is of ${welcome.deployment}.`)
    const why = await doubt(change)
    if (why !== undefined) return refuse(why)
    const envelope = await signToo(change.envelope, await bestListed(connection, options.as))
    writeChangeFile(file, envelope)
    const vouched = envelope.signatures.length - (change.what === 'add' ? 1 : 0)
    if (vouched < enough) {
      print(
        line`Signed. One more has to: send ${file} to a second colleague of the group People, who runs`,
        line`  foobot key vouch ${file} --as THEIR-NAME`,
      )
      return exits.done
    }
    return conclude(await connection.present(envelope))
  } finally {
    connection.close()
  }
}

/** Asks until it is certain what is signed; gives why it is not. */
const doubt = async ({ what, value }: Change): Promise<string | undefined> => {
  const { key } = value
  // The file is anybody's, and a name in it any text.
  const person = clean(value.person)
  if (what === 'remove') {
    const consequence = 'Nothing that it signs is taken from then on'
    tellOwn(
      `This removes from ${person}, for good, the key ${keyName(key)} and all keys that it added. ${consequence}:`,
    )
    printAside(`  ${key}`)
    return (await askByHand('sign it')) ? undefined : 'Not signed.'
  }
  tellOwn(`This gives ${person} a new key: ${keyName(key)}. Whoever holds it will be ${person}.`)
  tellOwn(`Call ${person} yourself, at a number that you know, and have the twenty characters read to you.`)
  const questions = openQuestions(process.stdin, process.stderr)
  try {
    const typed = await questions.askByHand(() => 'The twenty characters:')
    return asHeard(typed) === spokenKey(key)
      ? undefined
      : 'Those are not the characters of the key in this file, so nothing was signed. Have them read once more; if they are the same, somebody has put another key there: tell an administrator.'
  } finally {
    questions.close()
  }
}

/** A sentence of our own that holds a name of theirs: it cannot fill up a row and begin another. */
const tellOwn = (sentence: string): void => {
  const { isTTY, columns = 80 } = process.stderr
  printAside(...hang(sentence, isTTY ? columns : Number.POSITIVE_INFINITY))
}
