import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import webPush from 'web-push'
import { z } from 'zod'
import { FoobotError } from '#core/errors.ts'
import { writing } from '#disk/write-error.ts'

const keys = z.strictObject({ publicKey: z.string().length(87), privateKey: z.string().length(43) })

/** A server's own pair, in base64url: push services hand over what is signed by it, to subscriptions made for it. */
export type VapidKeys = z.infer<typeof keys>

/**
 * Reads the pair, or makes it where there is none: without it, the phones that were added would have to be added anew.
 * @throws FoobotError `machine-key` where the file cannot be used; `disk-trouble`, `not-writable` where it cannot be made
 */
export const readVapidKeys = (file: string): VapidKeys => {
  if (!existsSync(file)) writing(file, () => make(file))
  try {
    if (statSync(file).mode & 0o077) throw new Error(`others may read it; run: chmod 600 ${file}`)
    return keys.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    return refuse(file, error)
  }
}

/** Whole or not at all: a disk that is full leaves no half of it. */
const make = (file: string): void => {
  const draft = `${file}.new`
  writeFileSync(draft, `${JSON.stringify(webPush.generateVAPIDKeys())}\n`, { mode: 0o600, flush: true })
  renameSync(draft, file)
}

const refuse = (file: string, error: unknown): never => {
  const why = error instanceof Error ? error.message : String(error)
  throw new FoobotError('machine-key', `${file}: ${why}`, `The key file ${file} cannot be used: ${why}`)
}
