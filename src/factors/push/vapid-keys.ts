import { readFileSync, statSync, writeFileSync } from 'node:fs'
import webPush from 'web-push'
import { z } from 'zod'
import { FoobotError } from '#core/errors.ts'

const keys = z.strictObject({ publicKey: z.string().length(87), privateKey: z.string().length(43) })

/** A server's own pair, in base64url: push services hand over what is signed by it, to subscriptions made for it. */
export type VapidKeys = z.infer<typeof keys>

/**
 * Reads the pair, or makes it where there is none: without it, the phones that were added would have to be added anew.
 * @throws FoobotError `machine-key` where the file cannot be used
 */
export const readVapidKeys = (file: string): VapidKeys => {
  try {
    writeFileSync(file, `${JSON.stringify(webPush.generateVAPIDKeys())}\n`, { flag: 'wx', mode: 0o600, flush: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return refuse(file, error)
  }
  try {
    if (statSync(file).mode & 0o077) throw new Error(`others may read it; run: chmod 600 ${file}`)
    return keys.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    return refuse(file, error)
  }
}

const refuse = (file: string, error: unknown): never => {
  const why = error instanceof Error ? error.message : String(error)
  throw new FoobotError('machine-key', `${file}: ${why}`, `The key file ${file} cannot be used: ${why}`)
}
