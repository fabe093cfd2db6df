import type { Arguments } from '#core/command/arguments.ts'
import { type Block, plain, type Reply } from '#core/reply/reply.ts'
import type { Following } from './answer-own.ts'
import type { Identified } from './identify.ts'
import { type Waiting, waitingFor } from './standing.ts'
import { takeCode } from './take-code.ts'
import { footerOf } from './talk.ts'
import { wakeOwn } from './wake-own.ts'
import type { Way } from './way.ts'

/** What waits for somebody's own yes, and no other's. */
type Own = Identified & { readonly person: string }

const nothing = 'Nothing of yours waits for a second factor. Say the command first.'

/**
 * `auth me`: the second factor of who asked. It is a yes to one request: where several wait, none is taken, and it must be
 * said which.
 */
export const authMe = async (way: Way, from: Identified, args: Arguments): Promise<Reply | Following> => {
  const { person } = from
  if (person === undefined) return plain(nothing)
  const own: Own = { ...from, person }
  const said = [args.code, args.request].filter((word) => typeof word === 'string')
  const digits = said.filter((word) => /^\d{6}$/.test(word))
  // What others have read is no secret any more, whatever else was said with it.
  if (digits.length > 0 && from.message.conversation.direct !== true) {
    for (const one of digits) await way.factors.totp?.burn(person, one)
    way.counters.factor('totp', 'burnt')
    return plain(
      'Never say a code where others read it: this one is used up, and nothing was taken. Say the next one to me alone.',
    )
  }
  const words = readWords(said, digits)
  if (!words) return plain(`Say "${way.name} auth me push 7F3A-92C1", or "auth me totp 123456 7F3A-92C1" to me alone.`)
  if (args.method === undefined) return overview(way, own)
  const all = waitingOwn(way, person)
  const meant = all.filter(({ stated }) => words.code === undefined || stated.stated.code === words.code)
  const [waiting] = meant
  if (!waiting) return plain(all.length === 0 ? nothing : `Nothing of yours waits under ${words.code}.`)
  if (meant.length > 1) return which(way, String(args.method), meant)
  // Whoever holds the account may have put a command of theirs in the place of the one that was read.
  if (words.digits !== undefined && words.code === undefined) return which(way, 'totp 123456', meant)
  if (args.method === 'totp') return takeCode(way, own, waiting, words.digits)
  const { reply, afterwards } = await wakeOwn(way, own, waiting)
  way.live.join(waiting.request.id, from.message)
  return { follows: waiting.request, reply, ...(afterwards && { afterwards }) }
}

const waitingOwn = (way: Way, person: string): readonly Waiting[] =>
  way.live
    .ofPerson(person)
    .flatMap((request) => waitingFor(way, request, person) ?? [])
    .filter(({ toSign }) => toSign.as === 'requester')

type Words = { readonly code?: string; readonly digits?: string }

/** Six digits are a code from an app, `7F3A-92C1` is a request: in either order, each once. */
const readWords = (words: readonly string[], digits: readonly string[]): Words | undefined => {
  const codes = words.filter((word) => /^[0-9a-f]{4}-[0-9a-f]{4}$/i.test(word)).map((word) => word.toUpperCase())
  if (digits.length > 1 || codes.length > 1 || digits.length + codes.length < words.length) return undefined
  return {
    ...(digits[0] !== undefined && { digits: digits[0] }),
    ...(codes[0] !== undefined && { code: codes[0] }),
  }
}

const which = (way: Way, how: string, waiting: readonly Waiting[]): Reply => {
  const why = waiting.length > 1 ? 'Several of yours wait' : 'A code is a yes to one command that you name'
  return {
    text: `${why}, so I have taken it for none. Say which: "${way.name} auth me ${how} ${waiting[0]?.stated.stated.code}".`,
    blocks: [tableOf(waiting)],
  }
}

const tableOf = (waiting: readonly Waiting[]): Block => ({
  type: 'table',
  columns: ['code', 'command'],
  rows: waiting.map(({ stated }) => [stated.stated.code, stated.text]),
})

/** What a person has, and what of theirs waits. */
const overview = async (way: Way, { person }: Own): Promise<Reply> => {
  const phones = await way.devices.of(person)
  const { attested, people } = way.rules.company
  const upTo = attested.factors.get('totp')
  const lines = [
    phones.length > 0
      ? `push: ${phones.map(({ name }) => name).join(', ')}`
      : 'push: no phone yet. How to add one: foobot phone --help',
    ...(upTo !== undefined && way.factors.totp
      ? [
          way.factors.totp.isReadyFor(person)
            ? `totp: set up; counts up to ${upTo} commands`
            : `totp: not set up yet. In a terminal: foobot totp enrol --as ${person}`,
        ]
      : []),
    `keys: ${people.get(person)?.keys.length ?? 0} in the bundle; in a terminal: foobot sign CODE`,
  ]
  const waiting = waitingOwn(way, person)
  const [only] = waiting
  return {
    text: lines.join('\n'),
    blocks: waiting.length > 0 ? [tableOf(waiting)] : [],
    ...(waiting.length === 1 && only && { footer: footerOf(only.request) }),
  }
}
