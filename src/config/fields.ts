import { z } from 'zod'
import { FoobotError } from '#core/errors.ts'
import { type Key, parseKey, typeOfKey } from '#core/signature/key.ts'
import { tiers } from '#core/tier.ts'

/** A text of one form. `write` completes the sentence "write …" for what is missing or wrong. */
export const textLike = (form: RegExp, write: string) =>
  z.string({ error: `write ${write}` }).regex(form, { error: `write ${write}` })

/** One line that people see: nothing in it that hides, reorders or moves the cursor. */
export const line = (write: string) => textLike(/^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u, `${write}, in one line`)

/** An object of exactly these keys. */
export const fieldsOf = <S extends z.ZodRawShape>(shape: S) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `"${issue.keys?.join('", "')}" means nothing here: write any of ${usable(shape)}`
        : `write ${usable(shape)}, each on a line of its own`,
  })

/** Names to values of one schema. A name must be of `form`. */
export const mapOf = <V extends z.ZodType>(name: z.ZodString, value: V) =>
  z
    .record(z.string(), value, { error: 'write names with what belongs to each, as "name: …"' })
    .superRefine((entries, context) => {
      for (const key of Object.keys(entries)) {
        const issue = name.safeParse(key).error?.issues[0]
        if (issue) context.addIssue({ code: 'custom', path: [key], message: `as a name here, ${issue.message}` })
      }
    })
    .transform((entries) => new Map(Object.entries(entries)))

/** A field that has its name and its form, and no meaning yet: it is refused until this version can do what it says. */
export const reserved = <V extends z.ZodType>(form: V, what: string) => {
  const error = `this version of Foobot has no ${what} yet: leave it out`
  // Refused by name, whatever its form: nobody corrects what must be left out.
  const schema = z.exactOptional(
    z
      .unknown()
      .refine(() => false, { error })
      .pipe(form),
  )
  allReserved.add(schema)
  return schema
}

const allReserved = new WeakSet<z.ZodType>()

/** The fields that mean something. */
const usable = (shape: z.ZodRawShape): string =>
  Object.entries(shape)
    .flatMap(([name, schema]) => (schema instanceof z.ZodType && allReserved.has(schema) ? [] : name))
    .join(', ')

export const listOf = <V extends z.ZodType>(item: V, write: string) =>
  z.array(item, { error: `write a list of ${write}` })

const lowerName = /^[a-z][a-z0-9-]{0,62}$/

export const deployment = textLike(lowerName, 'the deployment’s id in small letters, as acme')
/** Also the name of a file, and the same for every reading: small letters only. */
export const personId = textLike(/^[a-z][a-z0-9._-]{0,63}$/, 'a person’s id in small letters, as jhand').refine(
  (id) => id !== 'foobot',
  { error: 'foobot is who answers: name the person otherwise' },
)
export const groupName = textLike(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'a group’s name in letters and digits, as Devs')
export const roomName = textLike(lowerName, 'a room’s name in small letters, as devs')
export const machineName = textLike(lowerName, 'a name in small letters, as delivery')
export const tier = z.enum(tiers, { error: `write one of ${tiers.join(', ')}` })

export const zone = z.string({ error: 'write a time zone, as Europe/Berlin' }).refine(isZone, {
  error: 'is no time zone that I know: write one as Europe/Berlin',
})

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

const keyOf = (allowed: (type: string) => boolean, write: string) =>
  z.string({ error: `write ${write}` }).transform((text, context): Key => {
    try {
      const key = parseKey(text)
      if (allowed(typeOfKey(key))) return key
      context.addIssue({ code: 'custom', message: `is a key of another use: write ${write}` })
    } catch (error) {
      if (!(error instanceof FoobotError && error.code === 'key-malformed')) throw error
      context.addIssue({ code: 'custom', message: error.say })
    }
    return z.NEVER
  })

const isSsh = (type: string): boolean => type.includes('-')

/** A key that a terminal signs with. */
export const sshKey = keyOf(isSsh, 'an SSH public key without its comment, as ssh-ed25519 AAAA…')
export const personKey = keyOf((type) => type !== 'ed25519', 'an SSH public key without its comment, or webauthn …')
export const machineKey = keyOf((type) => type === 'ed25519', 'the machine’s public key, as ed25519 …')

/** Who may change what everybody trusts. */
export const root = fieldsOf({
  administrators: listOf(fieldsOf({ person: personId, key: sshKey }), 'administrators, each a person with a key').min(
    1,
    {
      error: 'write at least one administrator',
    },
  ),
  threshold: z
    .int({ error: 'write how many of them must sign, as 2' })
    .min(1, { error: 'write how many of them must sign, at least 1' }),
}).superRefine(({ administrators, threshold }, context) => {
  const people = new Set(administrators.map(({ person }) => person)).size
  if (threshold <= people) return
  const message = `${threshold} must sign and there are ${people} administrators: nobody could ever change anything`
  context.addIssue({ code: 'custom', path: ['threshold'], message })
})

/** The lowest version of the bundle that a process takes. */
export const lowest = z
  .int({ error: 'write the version of a bundle, as 1' })
  .min(1, { error: 'write the version of a bundle, as 1' })
  .default(1)

/** A file or folder, seen from the folder of the file that names it. */
export const filePath = textLike(/^[^\p{C}]{1,500}$/u, 'a path')
