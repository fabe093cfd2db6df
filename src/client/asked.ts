import { fromBase64 } from '#core/statement/base64.ts'
import { codeOf, type Statement, statementKind } from '#core/statement/statement.ts'
import type { FromServer } from '#wire/native.ts'

/** A statement that the server asks to look at and sign, as it came. */
export type StatementFrame = Extract<FromServer, { type: 'statement' }>

/** A statement that somebody is asked to sign, read once from the bytes that a consent will name. */
export type Asked = {
  readonly as: 'requester' | 'approver'
  /** The group that an approver speaks for. */
  readonly group?: string
  /** The rule that asks for it, as the server says: no part of what is signed. */
  readonly because?: string
  /** The line of this client that it follows. */
  readonly message?: string
  readonly statement: Statement
  readonly digest: string
  readonly code: string
}

/** @throws FoobotError `payload-malformed` where the bytes are no statement */
export const readAsked = ({ as, group, because, message, statement: bytes }: StatementFrame): Asked => {
  const body = fromBase64(bytes)
  const digest = statementKind.digest(body)
  return {
    as,
    ...(because !== undefined && { because }),
    ...(group !== undefined && { group }),
    ...(message !== undefined && { message }),
    statement: statementKind.decode(body),
    digest,
    code: codeOf(digest),
  }
}
