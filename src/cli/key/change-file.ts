import { renameSync, writeFileSync } from 'node:fs'
import { type KeyChangePayload, keyAddKind, kindOfChange } from '#core/bundle/key-change.ts'
import { FoobotError } from '#core/errors.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { UsageError } from '../failure.ts'
import { readHandedFile } from '../handed-file.ts'

/** A key change as people send it to each other and hand it to runners. Nothing of it is proven. */
export type Change = {
  readonly envelope: Envelope
  readonly what: 'add' | 'remove'
  readonly value: KeyChangePayload
}

/** @throws UsageError where it holds none */
export const readChangeFile = (file: string): Change => {
  const what = readHandedFile(file)
  if (!('payloadType' in what)) throw new UsageError(`${file} holds a bundle, and no key change`)
  try {
    return readChange(what)
  } catch (error) {
    if (error instanceof FoobotError) throw new UsageError(`${file} holds no key change that I can read`)
    throw error
  }
}

/** @throws FoobotError `payload-malformed` */
export const readChange = (envelope: Envelope): Change => {
  const kind = kindOfChange(envelope)
  return { envelope, what: kind === keyAddKind ? 'add' : 'remove', value: readEnvelope(kind, envelope).value }
}

/** Whole, or as it was before. There is no secret in it. */
export const writeChangeFile = (file: string, envelope: Envelope): void => {
  try {
    writeFileSync(`${file}.new`, `${JSON.stringify(envelope, null, 2)}\n`, { flush: true })
    renameSync(`${file}.new`, file)
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`)
  }
}
