import { type Bytes, fromBase64url } from './statement/bytes.ts'
import type { Asked, Role } from './statement/consent.ts'
import { codeOf, digestOf } from './statement/digest.ts'
import type { Owner } from './statement/key-add.ts'
import { readStatement, type Statement } from './statement/statement.ts'

/** What somebody came here to do. */
export type Errand =
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'consent'
      readonly asked: Asked
      readonly code: string
      readonly role: Role
      readonly server: string
    }
  | { readonly kind: 'key'; readonly owner: Owner; readonly secret: Bytes }

/**
 * Reads a link's fragment, as README.md defines it. Nothing in it is believed: what it says is shown, and what is
 * signed is worked out from the statement's own bytes.
 * @param fragment without its `#`
 * @throws Error that says what is wrong
 */
export const readFragment = async (fragment: string): Promise<Errand> => {
  if (fragment === '') return { kind: 'nothing' }
  const fields = fieldsOf(fragment)
  const errand = fields.has('key-add') ? keyOf(fields) : await consentOf(fields)
  const [unknown] = fields.keys()
  if (unknown !== undefined) throw new Error(`the link says ${unknown}, which means nothing here`)
  return errand
}

const consentOf = async (fields: Map<string, string>): Promise<Errand> => {
  const bytes = fromBase64url(take(fields, 'consent'))
  const statement = readStatement(bytes)
  const role = roleOf(fields)
  refuseOddRoles(statement, role)
  const server = originOf(take(fields, 'server'))
  return {
    kind: 'consent',
    asked: { statement, bytes },
    code: codeOf(await digestOf('statement', bytes)),
    role,
    server,
  }
}

const keyOf = (fields: Map<string, string>): Errand => {
  const secret = fromBase64url(take(fields, 'key-add'))
  if (secret.length !== 16) throw new Error('the secret of the link does not have 16 bytes')
  return { kind: 'key', owner: { deployment: nameIn(fields, 'deployment'), person: nameIn(fields, 'person') }, secret }
}

const roleOf = (fields: Map<string, string>): Role => {
  const person = nameIn(fields, 'person')
  const as = take(fields, 'as')
  if (as === 'requester') return { person, as }
  if (as === 'approver') return { person, as, group: nameIn(fields, 'group') }
  throw new Error('the link does not say as whom to sign')
}

/** A yes that could never count is not asked for. */
const refuseOddRoles = ({ requester }: Statement, { person, as }: Role): void => {
  if (as === 'approver' && person === requester) {
    throw new Error(`${person} asked for this: somebody else has to approve it`)
  }
  if (as === 'requester' && person !== requester) {
    throw new Error(`the link is for ${person} as who asked, and ${requester ?? 'no person'} asked`)
  }
}

const fieldsOf = (fragment: string): Map<string, string> => {
  const fields = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(fragment)) {
    if (fields.has(name)) throw new Error(`the link says ${name} twice`)
    fields.set(name, value)
  }
  return fields
}

const take = (fields: Map<string, string>, name: string): string => {
  const value = fields.get(name)
  if (!value) throw new Error(`the link does not say ${name}`)
  fields.delete(name)
  return value
}

/** People, groups and deployments have plain names, so that none can look like another. */
const nameIn = (fields: Map<string, string>, name: string): string => {
  const value = take(fields, name)
  if (!/^[A-Za-z][A-Za-z0-9._-]{0,63}$/.test(value)) throw new Error(`the link has no proper ${name}`)
  return value
}

const originOf = (text: string): string => {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol) || url.origin !== text) throw new Error('the link has no proper server')
  return text
}
