import type { StatementFrame } from '#client/asked.ts'

/** Who is asked to sign what, and where the page hands it in. */
export type DeskErrand = {
  /** The desk's origin. */
  readonly desk: string
  /** The server's, as it was dialled. */
  readonly server: string
  readonly person: string
  readonly frame: Pick<StatementFrame, 'as' | 'group' | 'statement'>
}

/**
 * The link that opens a statement at the desk: its exact bytes stand behind the `#`, which no browser sends to a server.
 * @see web/desk/README.md
 */
export const deskLink = ({ desk, server, person, frame: { as, group, statement } }: DeskErrand): string => {
  const fragment = new URLSearchParams({
    consent: Buffer.from(statement, 'base64').toString('base64url'),
    server,
    person,
    as,
    ...(as === 'approver' && group !== undefined && { group }),
  })
  return `${desk}/#${fragment}`
}
