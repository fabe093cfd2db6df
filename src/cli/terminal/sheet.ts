import type { Asked } from '#client/asked.ts'
import { display } from '#core/statement/display.ts'
import { expiryInWords } from './expiry.ts'
import type { Line } from './paint.ts'

/**
 * What somebody reads before they sign: whose command it is, the statement as it is, its end in words. Nothing of it
 * comes from the server but the statement's own bytes, the group that an approver speaks for, and which rule asks.
 * @param now milliseconds since 1970
 */
export const sheetLines = ({ as, group = '', because, statement, code }: Asked, now: number): Line[] => [
  [
    {
      text: as === 'requester' ? 'Your own command, to sign as its requester:' : theirs(statement.requester, group),
      style,
    },
  ],
  ...display(statement)
    .trimEnd()
    .split('\n')
    .map((text): Line => [{ text }]),
  [{ text: `${expiryInWords(statement.exp, now)} Code ${code}.`, style: 'dim' }],
  ...asks(because),
]

const style = 'bold'

const theirs = (requester = 'nobody known', group: string): string =>
  `A command of ${requester}, to approve for ${group}:`

const asks = (because?: string): Line[] =>
  because === undefined
    ? []
    : [[{ text: `Asked for by ${because.replaceAll(', ', ' and ')}, says the server.`, style: 'dim' }]]
