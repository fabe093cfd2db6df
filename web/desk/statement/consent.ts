import { type Bytes, hex, utf8 } from './bytes.ts'
import { digestOf } from './digest.ts'
import type { Statement } from './statement.ts'

/** As whom somebody says yes. */
export type Role =
  | { readonly person: string; readonly as: 'requester' }
  | { readonly person: string; readonly as: 'approver'; readonly group: string }

/** A statement together with the exact bytes that it was read from. */
export type Asked = { readonly statement: Statement; readonly bytes: Bytes }

/**
 * The bytes of a yes to exactly this statement. They are made here, from the bytes that were shown, and taken from
 * nobody.
 * @param now seconds since 1970
 */
export const consentTo = async ({ statement, bytes }: Asked, role: Role, now: number): Promise<Bytes> =>
  utf8(
    JSON.stringify({
      v: 2,
      deployment: statement.deployment,
      statement: hex(await digestOf('statement', bytes)),
      person: role.person,
      as: role.as,
      ...(role.as === 'approver' && { group: role.group }),
      iat: now,
    }),
  )
