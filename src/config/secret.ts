import { readFileSync, statSync } from 'node:fs'
import { inspect } from 'node:util'
import { z } from 'zod'

const shown = '[secret]'

/** A secret that a plugin's configuration names. It never prints: as text, as JSON and in logs it is `[secret]`. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The secret itself, for the one call that needs it. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return shown
  }

  toJSON(): string {
    return shown
  }

  [inspect.custom](): string {
    return shown
  }
}

const source = z.union([
  z.strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/) }),
  z.strictObject({ file: z.string().min(1) }),
])

/**
 * A secret in a plugin's configuration: written as `{ env: NAME }` or `{ file: PATH }`, never as itself, so that a
 * configuration file may be shown to anybody. Missing or empty refuses to start.
 */
export const secret = () =>
  z.unknown().transform((written, context): Secret => {
    const refuse = (message: string): never => {
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    }
    const from = source.safeParse(written)
    if (!from.success) return refuse('write { env: NAME } or { file: PATH }, never the secret itself')
    const read = 'env' in from.data ? readEnv(from.data.env) : readSecretFile(from.data.file)
    return 'value' in read ? new Secret(read.value) : refuse(read.problem)
  })

type Reading = { readonly value: string } | { readonly problem: string }

const readEnv = (name: string): Reading => {
  const value = process.env[name]
  return value === undefined || value === ''
    ? { problem: `the environment variable ${name} is not set: set it to the secret` }
    : { value }
}

/** The line break that an editor leaves at the end is no part of a secret. */
const readSecretFile = (file: string): Reading => {
  try {
    if (statSync(file).mode & 0o007) return { problem: `anybody may read the file ${file}; run: chmod 600 ${file}` }
    const value = readFileSync(file, 'utf8').replace(/\r?\n$/, '')
    return value === '' ? { problem: `the file ${file} is empty: write the secret into it` } : { value }
  } catch (error) {
    return { problem: `the file ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}` }
  }
}
