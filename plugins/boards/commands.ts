import {
  type Block,
  dateOrder,
  dayAt,
  plugin,
  secret,
  timeZone,
  vendorTimeLimit,
  vendorUrl,
  writtenDay,
  z,
} from 'foobot'
import { type Board, Trello } from './client.ts'
import { type Due, dueUnder, everybodyOn, memberFor, spoken } from './due.ts'

type System = {
  readonly trello: Trello
  readonly members: Readonly<Record<string, string>>
  readonly written: (at: Date) => string
}

export default plugin('boards', {
  summary: 'What is due on the company’s Trello boards',
  config: {
    /** https://api.trello.com */
    baseUrl: vendorUrl().default('https://api.trello.com'),
    key: secret(),
    token: secret(),
    /** The boards that are looked at, by the id in their address: what people in the rooms may read. */
    boards: z.array(z.string().regex(/^[A-Za-z0-9]{8,24}$/, 'write the id that stands in the board’s address')).min(1),
    /** Person to Trello user name, where the full name there is not the company's. */
    members: z.record(z.string(), z.string()).default({}),
    zone: timeZone(),
    dateOrder: dateOrder(),
    timeLimit: vendorTimeLimit(),
  },
  connect: ({ members, zone, dateOrder, ...options }): System => ({
    trello: new Trello(options),
    members,
    written: (at) => writtenDay(dayAt(at, zone), dateOrder),
  }),
  commands: (command) => [
    command('PingTrello -<who:me|everyone> -<label:word>', {
      summary: 'What is due next under a label or on a board: for you, or for everyone',
      tier: 'member',
      example: 'PingTrello -me -blog',
      async run({ args: { who, label }, system, requester, signal }) {
        const boards = await system.trello.boards(signal)
        const due = dueUnder(spoken(label), boards)
        if (due.length === 0) await mustExist(label, boards, system, signal)
        if (who === 'everyone') return forEveryone(label, due, boards, system)

        if (!requester) throw new Error('I do not know who you are here.')
        const username = system.members[requester.id]
        const me = memberFor({ name: requester.name, username }, everybodyOn(boards))
        if (!me) {
          throw new Error(
            `I do not know who ${requester.name} is in Trello: tell an administrator to write your user name there under "members", as ${requester.id}.`,
          )
        }
        const next = due.find(({ card }) => card.idMembers.includes(me.id))
        const name = firstNameOf(requester.name)
        if (!next) return `No "${label}" is due for "${name}".`
        const is = isPast(next) ? 'was' : 'is'
        return [
          { type: 'text', text: `The next "${label}" for "${name}" ${is} due: ${system.written(next.at)}` },
          { type: 'link', title: next.card.name, url: next.card.shortUrl },
        ]
      },
    }),
  ],
})

const isPast = ({ at }: Due): boolean => at.getTime() < Date.now()

/** As friends say it: the first word, in small letters. */
const firstNameOf = (name: string): string => name.split(' ')[0]?.toLowerCase() ?? name

/** @throws where there is neither board nor label of that name, with those that there are */
const mustExist = async (
  label: string,
  boards: readonly Board[],
  { trello }: System,
  signal: AbortSignal,
): Promise<void> => {
  const names = [...boards.map(({ name }) => name), ...(await trello.labels(signal))].map(spoken)
  if (names.includes(spoken(label))) return
  throw new Error(`There is no board or label "${label}": say one of ${[...new Set(names)].sort().join(', ')}.`)
}

const forEveryone = (
  label: string,
  due: readonly Due[],
  boards: readonly Board[],
  { written }: System,
): string | readonly Block[] => {
  if (due.length === 0) return `No "${label}" is due for anybody.`
  const row = (who: string, next: Due | undefined) => (next ? [{ who, next }] : [])
  const rows = [
    ...everybodyOn(boards).flatMap(({ id, fullName }) =>
      row(
        fullName,
        due.find(({ card }) => card.idMembers.includes(id)),
      ),
    ),
    ...row(
      'nobody yet',
      due.find(({ card }) => card.idMembers.length === 0),
    ),
  ].sort((a, b) => a.next.at.getTime() - b.next.at.getTime())
  return [
    { type: 'text', text: `The next "${label}" of everyone:` },
    {
      type: 'table',
      columns: ['who', 'due', 'what'],
      rows: rows.map(({ who, next }) => [who, `${written(next.at)}${isPast(next) ? ', late' : ''}`, next.card.name]),
    },
  ]
}
