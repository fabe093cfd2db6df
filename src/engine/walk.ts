import { type Collection, collect } from './collect.ts'
import { decide } from './decide.ts'
import { dispatch, holderOf } from './dispatch.ts'
import { refuseFull, takePlace } from './full.ts'
import { inspect } from './inspect.ts'
import { worthNow } from './keys.ts'
import { cannotBeGiven } from './owed.ts'
import { record } from './record.ts'
import { type Ending, end, endAtOnce } from './request/end.ts'
import type { Request } from './request/request.ts'
import { clockForbids } from './right-clock.ts'
import { unknownCommand } from './sentences.ts'
import { type Stated, state } from './state.ts'
import { followAll, textOfWords, type Words } from './talk.ts'
import type { Command } from './understand.ts'
import { wait } from './wait.ts'
import type { Way } from './way.ts'

type Owing = Extract<Collection, { outcome: 'owing' }>

/**
 * The way of one command, from its words to its order at the runner. Each step takes what the step before gave, so that
 * none can be left out.
 * @param before the request as it is stored, where it asked or waited
 */
export const walk = async (way: Way, command: Command, id: string, before?: Request): Promise<void> => {
  const inspected = await inspect(way, command, id)
  if (!inspected.ok) return stop(way, command, id, before, 'failed', inspected.words)
  const stated = state(way, inspected)
  const holder = holderOf(way, {
    id,
    runner: command.entry.listed.runner,
    command: command.entry.command,
    stated: stated.stated,
  })
  if (holder) return stop(way, stated, id, before, 'failed', held(stated, holder))
  await goOn(way, stated, before)
}

/**
 * The way of a stated command, from deciding to its order: gone anew with each consent that arrives.
 * @param before the request as it is stored; its consents count where they are to this very statement
 */
export const goOn = async (way: Way, stated: Stated, before?: Request): Promise<void> => {
  const wrong = clockForbids(way, stated.entry.tier)
  if (wrong !== undefined) return holdUp(way, stated, before, wrong)
  const envelopes = before?.stated?.digest === stated.stated.digest ? (before.consents ?? []) : []
  const collection = collect(way, decide(way, stated), envelopes)
  switch (collection.outcome) {
    case 'denied':
      remember(way, stated, collection.why)
      return stop(way, stated, stated.id, before, 'refused', collection.say ?? unknownCommand(way.name), collection.why)
    case 'owing': {
      const hopeless = whyHopeless(way, stated, collection)
      if (hopeless !== undefined) return stop(way, stated, stated.id, before, 'refused', hopeless)
      const full = takePlace(way, stated.from, stated.id)
      if (full) return refuseFull(way, stated.from, full)
      return wait(way, stated, collection, before)
    }
    case 'complete': {
      const recorded = await record(way, collection.collected, before)
      if (!recorded) return
      await followAll(way, recorded)
      await dispatch(way, recorded)
    }
  }
}

/** What waits goes on waiting, and is taken up again once the clock is right; what is new must be said again. */
const holdUp = (way: Way, stated: Stated, before: Request | undefined, why: string): Promise<void> =>
  before?.state === 'pending'
    ? Promise.resolve()
    : stop(way, stated, stated.id, before, 'failed', `${why} Say it again then.`)

/** What no waiting could bring: a reason that stands nowhere, or people that there are not. */
const whyHopeless = (way: Way, { from, entry }: Stated, { owes, approvers }: Owing): string | undefined =>
  owes.some(({ kind }) => kind === 'reason')
    ? `Please say why: "${entry.command}" takes -reason="…" here.`
    : cannotBeGiven({
        company: from.rules.company,
        owes,
        approvers,
        worthOf: worthNow(way, entry.tier),
        ...(from.person !== undefined && { requester: from.person }),
      })

/** Ends a command that goes no further. */
const stop = (
  way: Way,
  command: Command | Stated,
  id: string,
  before: Request | undefined,
  how: Ending,
  text: Words,
  why = textOfWords(text),
): Promise<void> => {
  if (before) return end(way, before, how, text, why)
  const { from, entry } = command
  return endAtOnce(
    way,
    {
      id,
      conversation: from.message.conversation,
      account: from.message.account,
      message: from.message.id,
      said: from.said,
      ...(from.person !== undefined && { person: from.person }),
      command: entry.command,
      runner: entry.listed.runner,
      tier: entry.tier,
      text: command.text,
      createdAt: way.clock(),
      ...('stated' in command && { stated: command.stated }),
    },
    how,
    text,
    why,
  )
}

const held = ({ resource }: Stated, holder: Request): string =>
  `${resource.id} is held by ${holder.person ?? 'somebody'}'s "${holder.text}" (${holder.stated?.code}). Say it again when that is done.`

/** Kept for "why". */
const remember = (way: Way, { from, text }: Command, why: string): void => {
  if (from.person !== undefined) way.refusals.set(from.person, `"${text}": ${why}`)
}
