import { type Asked, readAsked, type StatementFrame } from '#client/asked.ts'
import { otherThan } from '#client/asked-for.ts'
import type { Connection } from '#client/connection.ts'
import { originOf } from '#client/dial.ts'
import { signStatement } from '#client/sign-statement.ts'
import { askToSign, showSheet } from './ask-to-sign.ts'
import { type ClientOptions, connectionOf } from './client-options.ts'
import { companyHere, deskOf } from './company-here.ts'
import { deskLink } from './desk-link.ts'
import { conclude, exits, refuse, refusedBy, UsageError } from './failure.ts'
import { mismatch } from './mismatch.ts'
import { print, printAside } from './tell.ts'

export type ConsentOptions = ClientOptions & {
  readonly expect?: string
  readonly yes?: true
  /** Where to sign with a passkey; true where the data folder's bundle says it. */
  readonly desk?: string | true
}

/** Shows the statement of one waiting request, asks, signs it and hands the consent in; gives the exit code. */
export const giveConsent = async (which: string, as: Asked['as'], options: ConsentOptions): Promise<number> => {
  if (options.yes && options.expect === undefined) {
    throw new UsageError('--yes signs without asking: say with --expect TEXT what the command must be.')
  }
  const desk = options.desk === undefined ? undefined : deskFor(options.desk, options.data)
  const connection = await connectionOf(options)
  try {
    const { deployment } = await connection.open()
    const found = await fetch(connection, which, as)
    if (!found) return exits.refused
    const { asked, frame } = found
    const { expect } = options
    const other = otherThan(which, asked)
    if (other !== undefined) return refuse(other)
    const wrong = expect === undefined ? undefined : mismatch(asked, expect)
    if (wrong !== undefined) return refuse(wrong)
    if (desk !== undefined) {
      printAside('Open this where your passkey is. The page shows the command, and signs when you say so:', '')
      print(deskLink({ desk, server: originOf(options.server), person: options.as, frame }))
      return exits.done
    }
    if (options.yes) showSheet(asked)
    else if (!(await askToSign(asked))) return refuse('Not signed.')
    const signing = { signer: connection.signer, person: options.as, deployment, now: Date.now() }
    return conclude(await connection.present(await signStatement(asked, signing)))
  } finally {
    connection.close()
  }
}

const deskFor = (wanted: string | true, data: string): string =>
  deskOf(wanted === true ? undefined : wanted, companyHere(data))

type Found = { readonly asked: Asked; readonly frame: StatementFrame }

const fetch = async (connection: Connection, which: string, as: Asked['as']): Promise<Found | undefined> => {
  const frame = await connection.fetch(which)
  if ('say' in frame) {
    refusedBy(frame.say)
    return undefined
  }
  const asked = readAsked(frame)
  if (asked.as === as) return { asked, frame }
  refuse(
    as === 'approver'
      ? `${asked.code} is your own: what it needs of you is foobot sign ${asked.code}`
      : `${asked.code} is not your own: what it needs of you is foobot approve ${asked.code}`,
  )
  return undefined
}
