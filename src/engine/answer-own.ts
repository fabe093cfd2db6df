import type { Arguments } from '#core/command/arguments.ts'
import { helpOf, helpOn } from '#core/command/help.ts'
import { type Block, plain, type Reply } from '#core/reply/reply.ts'
import { authMe } from './auth-me.ts'
import { deniedBy } from './denied.ts'
import type { Identified } from './identify.ts'
import { type Alone, link } from './link.ts'
import type { OwnCommand } from './own-commands.ts'
import { conversationKey } from './receive.ts'
import type { Request } from './request/request.ts'
import { isEnd } from './request/states.ts'
import { atClock, severalUnder } from './sentences.ts'
import { couldApprove, pointedAt, type Waiting, waitingFor, waitsOf } from './standing.ts'
import { stopRequest } from './stop-request.ts'
import { footerOf } from './talk.ts'
import { tooOld } from './too-old.ts'
import { maySay } from './understand.ts'
import type { Way } from './way.ts'
import { nearWord } from './words.ts'

/** Foobot's own commands: no statement and no warrant; what changes something leaves an event in the log. */
export const answerOwn = async (
  way: Way,
  from: Identified,
  own: OwnCommand,
  args: Arguments,
): Promise<Reply | Following | Alone> => {
  switch (own.command) {
    case 'help':
      return help(way, from, args.what)
    case 'requests':
      return requests(way, from)
    case 'why':
      return plain(
        (from.person !== undefined && way.refusals.get(from.person)) || 'I have refused you nothing since I started.',
      )
    case 'whoami':
      return plain(whoami(way, from))
    case 'cancel':
      return cancel(way, from, String(args.code))
    case 'approve':
      return approve(way, from, String(args.which))
    case 'deny':
      return deny(way, from, String(args.which), args.reason)
    case 'auth me':
      return authMe(way, from, args)
    case 'link':
      return link(way, from, args.code)
  }
}

/** The speaker follows a request from now on. */
export type Following = {
  readonly follows: Request
  /** Said first. */
  readonly reply?: Reply
  /** Done once that was said. */
  readonly afterwards?: () => Promise<void>
}

/** Whether a request belongs to the conversation that somebody speaks in. */
const isSaidIn = ({ conversation }: Request, { message }: Identified): boolean =>
  JSON.stringify(conversationKey(conversation)) === JSON.stringify(conversationKey(message.conversation))

/** What is to be said was said in the conversation. */
const nothing: Reply = { text: '', blocks: [] }

/**
 * The word is a pointer: it names a request, and the yes is a signature over its statement. A client that signs is shown
 * it; from any other the approver is told where to sign.
 */
const approve = (way: Way, from: Identified, which: string): Reply | Following => {
  const { message, person } = from
  const isHere = (request: Request): boolean => isSaidIn(request, from)
  const mine = (request: Request): Waiting | undefined =>
    person === undefined ? undefined : waitingFor(way, request, person)
  const [waiting, ...others] = pointedAt(way, which)
    .filter((request) => isHere(request) || request.stated?.code === which.toUpperCase())
    .flatMap((request) => mine(request) ?? [])
  if (others.length > 0) return plain(severalUnder(which))
  if (!waiting) {
    const words = way.live
      .inRoom(message.conversation)
      .filter((request) => isHere(request) && mine(request)?.toSign.as === 'approver')
    const near = nearWord(
      which.toLowerCase(),
      words.flatMap(({ word }) => word ?? []),
    )
    return plain(near === undefined ? `Nothing waits for your yes here under "${which}".` : `Did you mean ${near}?`)
  }
  const { request, toSign } = waiting
  if (message.signs) {
    way.live.join(request.id, message)
    way.platforms.get(message.conversation.platform)?.show(message, toSign)
    return { follows: request }
  }
  const code = request.stated?.code ?? which
  const verb = toSign.as === 'approver' ? 'approve' : 'sign'
  return plain(`${from.called}, please look and sign: foobot ${verb} ${code}`, footerOf(request))
}

/**
 * One no by anybody who could approve ends it, and needs no signature. What runs already is for its runner to stop, or to
 * say that it is too late.
 */
const deny = async (way: Way, from: Identified, which: string, reason: unknown): Promise<Reply> => {
  const { person } = from
  const [request] = pointedAt(way, which).filter(
    (one) =>
      (isSaidIn(one, from) || one.stated?.code === which.toUpperCase()) &&
      person !== undefined &&
      couldApprove(way, one, person),
  )
  if (!request || person === undefined) return plain(`Nothing waits for your yes here under "${which}".`)
  const reply = await deniedBy(way, request, person, typeof reason === 'string' ? reason : undefined)
  if (reply) return reply
  return isSaidIn(request, from) ? nothing : plain('Denied.', footerOf(request))
}

const help = (way: Way, from: Identified, what: unknown): Reply => {
  const may = maySay(from)
  const entries = from.rules.entries.filter(({ command }) => may(command))
  if (typeof what === 'string') return plain(helpOn(entries, what, way.name))
  const [why] = entries.flatMap((entry) => tooOld(way, entry) ?? [])
  const carried = helpOf(
    entries.filter((entry) => tooOld(way, entry) === undefined),
    way.name,
  )
  return plain(why === undefined ? carried : `${why}\n\n${carried}`)
}

/** What waits or runs in this conversation, and the speaker's own elsewhere. */
const requests = (way: Way, from: Identified): Reply => {
  const here = way.live.inRoom(from.message.conversation).filter((request) => isSaidIn(request, from))
  const own = from.person === undefined ? [] : way.live.ofPerson(from.person)
  const shown = from.where === 'outside' ? [] : [...new Set([...here, ...own])].filter(({ state }) => !isEnd(state))
  if (shown.length === 0) return plain('Nothing waits or runs here.')
  const table: Block = {
    type: 'table',
    columns: ['code', 'who', 'command', 'state', 'since', 'waits for'],
    rows: shown.map((request) => [
      request.stated?.code ?? '',
      request.person ?? '',
      request.text,
      request.state,
      atClock(request.createdAt, from.rules.company.zone),
      waitsOf(way, request),
    ]),
  }
  return { text: '', blocks: [table] }
}

const whoami = (way: Way, from: Identified): string => {
  const { company } = from.rules
  const { platform } = from.message.conversation
  const { tenant, id } = from.message.account
  const account = `${id} on ${platform} (${tenant})`
  if (from.person === undefined) return `You are ${account}, and no person of ${company.name} that I know.`
  const { person } = from
  const groups = [...company.groups].filter(([, members]) => members.has(person)).map(([name]) => name)
  const name = company.people.get(person)?.name ?? person
  return `You are ${name} (${person}), ${groups.length > 0 ? `in ${groups.join(', ')}` : 'in no group'}: ${account}. I am ${way.name}.`
}

/** One's own requests only: somebody else's is denied, not cancelled. */
const cancel = async (way: Way, from: Identified, code: string): Promise<Reply> => {
  const request = way.live
    .named(code)
    .find(({ stated, person }) => stated?.code === code.toUpperCase() && person !== undefined && person === from.person)
  if (!request || from.person === undefined) return plain(`You have no request ${code} that waits or runs.`)
  const text = `Cancelled: ${request.text} was not run.`
  const reply = await stopRequest(way, request, from.person, { text, why: text, what: 'cancelled' })
  return reply ?? (isSaidIn(request, from) ? nothing : plain('Cancelled.', footerOf(request)))
}
