import { bound } from '#bounds/bound.ts'
import type { Bundle } from '#core/bundle/company.ts'
import { plain, type Reply } from '#core/reply/reply.ts'
import { shortFault } from '#core/text/short-fault.ts'
import { activate } from './activate.ts'
import { afterTrouble } from './after-trouble.ts'
import { answerOwn, type Following } from './answer-own.ts'
import { ask } from './ask.ts'
import { bundleEnd } from './bundle-end.ts'
import type { Doors } from './doors.ts'
import { doorsInTime } from './doors-in-time.ts'
import { enrol } from './enrol.ts'
import { expire, forget } from './expiry.ts'
import { faultyRules } from './faulty-rules.ts'
import { hearing } from './hear.ts'
import { hearRunners } from './hear-runner.ts'
import { type Identified, identify } from './identify.ts'
import { askedByPhone } from './phone.ts'
import type { Ears, Message, Progress } from './platform.ts'
import { present } from './present.ts'
import { recallCommand } from './recall.ts'
import { placeOf, receive, saidOf } from './receive.ts'
import { eventLeaf } from './request/move.ts'
import type { Request } from './request/request.ts'
import { isEnd } from './request/states.ts'
import { loseRunner, resetRunner } from './reset-runner.ts'
import { restore, wordsOf } from './restore.ts'
import type { RunnerEars } from './runner-link.ts'
import { atClock, severalUnder, unknownCommand } from './sentences.ts'
import { pointedAt, progressWithOwed, waitingFor } from './standing.ts'
import { footerOf, progressOf } from './talk.ts'
import { tooOld } from './too-old.ts'
import { type Command, maySay, type Understood, understand } from './understand.ts'
import { wakeApprovers } from './wake-approvers.ts'
import { walk } from './walk.ts'
import { follow, say, type Way } from './way.ts'
import { whoOf } from './who.ts'

/** The three doors' first, and what runners say: everything that can reach the way of a command. */
export type Engine = Ears & {
  readonly runnerEars: RunnerEars
  /** The second door, and the way to what it takes. */
  readonly doors: Doors
  /** Puts another bundle in force: runners are sent it, and what waits is stated and asked anew. */
  activate(bundle: Bundle): Promise<void>
  /** Lets a runner come with another claims file than before; gives a sentence that says so. */
  resetRunner(name: string): Promise<string>
  /** Waits no more for what a runner knows of the log before; gives a sentence that says so. */
  loseRunner(name: string): Promise<string>
  /** Takes up what a restart left open; called once, before anything is heard. */
  restore(): Promise<void>
  /** Ends what has outlived itself, and says what is wrong with the bundle or that it ends soon; called every second. */
  tick(): Promise<void>
}

const inHand = bound('messages-in-hand', {
  most: 256,
  unit: 'messages',
  of: 'messages of one account in one conversation that are being dealt with',
  say: 'You say so much at once that I do nothing with this: wait for my answers, and say it again.',
})

const tooMany = async (way: Way, message: Message): Promise<void> => {
  inHand.reached()
  if (way.told.again(inHand.name, whoOf(message)) !== undefined) await answer(way, message, plain(inHand.say))
  follow(way, message, ended('refused'))
}

export const makeEngine = (way: Way): Engine => {
  const inFlight = new Map<string, Promise<void>>()
  // What the clock ends comes first. INVARIANT: a part that fails keeps none of the others from its work.
  const parts: readonly (readonly [what: string, part: () => Promise<void>])[] = [
    ['ending what has expired', () => expire(way)],
    ['going on after trouble', afterTrouble(way)],
    ['waking approvers', () => wakeApprovers(way)],
    ['saying when the bundle ends', bundleEnd(way)],
    ['saying which rules are faulty', faultyRules(way)],
  ]
  /** How many of each account's messages in each conversation are being dealt with. */
  const handled = new Map<string, number>()

  /** Whatever goes wrong denies, is logged, and is said. */
  const guarded = async (message: Message): Promise<void> => {
    try {
      await dealWith(way, message)
    } catch (error) {
      way.log.error(
        { message: message.id, error: stackOf(error) },
        'a message could not be dealt with: nothing was run',
      )
      await answer(way, message, plain('Something broke on my side, so nothing was run. Please tell an administrator.'))
      follow(way, message, ended('failed'))
    }
  }

  return {
    receive: (message) => {
      const key = JSON.stringify([placeOf(message), message.id, saidOf(message)])
      const under = inFlight.get(key)
      if (under) return under
      const who = placeOf(message)
      if ((handled.get(who) ?? 0) >= inHand.most) return tooMany(way, message)
      handled.set(who, (handled.get(who) ?? 0) + 1)
      const handling = guarded(message).finally(() => {
        inFlight.delete(key)
        const left = (handled.get(who) ?? 0) - 1
        if (left > 0) handled.set(who, left)
        else handled.delete(who)
      })
      inFlight.set(key, handling)
      return handling
    },
    runnerEars: hearRunners(way),
    doors: doorsInTime(way, {
      present: (envelope) => present(way, envelope),
      toSign: (person, which) => toSign(way, person, which),
      hear: hearing(way),
      phone: (ask) => askedByPhone(way, ask),
      enrol: (signedIn, ask) => enrol(way, signedIn, ask),
    }),
    activate: (bundle) => activate(way, bundle),
    resetRunner: (name) => resetRunner(way, name),
    loseRunner: (name) => loseRunner(way, name),
    restore: () => restore(way),
    tick: async () => {
      for (const [what, part] of parts) {
        try {
          await part()
        } catch (error) {
          way.log.error({ what, error: stackOf(error) }, 'a part of the regular look failed; it is tried again')
        }
      }
    },
  }
}

const dealWith = async (way: Way, message: Message): Promise<void> => {
  const heard = receive(way, message)
  if (!heard) return follow(way, message, ended('done'))
  if (await isRepeated(way, message)) return
  const from = identify(way, heard)
  const understood = understand(way, from)
  // In a channel that is none of the company's, who is nobody hears nothing, but for the code that makes them somebody.
  if (isStrange(way, from) && !isLinking(understood)) return follow(way, message, ended('refused'))
  switch (understood.kind) {
    case 'command':
      return start(way, understood)
    case 'own': {
      const reply = await answerOwn(way, understood.from, understood.own, understood.args)
      if ('follows' in reply) return followed(way, message, reply)
      if ('alone' in reply) await answerAlone(way, message, reply.alone)
      else await answer(way, message, reply)
      return follow(way, message, ended('done'))
    }
    case 'missing':
      return askWith(way, understood)
    case 'complaint':
      await answer(way, message, plain(understood.say))
      return follow(way, message, ended('refused'))
    case 'unknown':
      return refuse(way, understood)
    case 'nothing':
      await answer(way, message, greeting(way, understood.from))
      return follow(way, message, ended('done'))
  }
}

const isStrange = (way: Way, { person, where, message }: Identified): boolean =>
  person === undefined && where === 'outside' && way.rules.roomOf(message.conversation) === undefined

/** `link CODE` is all that a stranger may say there: maySay leaves them no other command. */
const isLinking = (understood: Understood): boolean =>
  understood.kind === 'own' && understood.own.command === 'link' && understood.args.code !== undefined

/** Who says "auth" or "approve" hears how the request goes on that this set going. */
const followed = async (way: Way, message: Message, { follows, reply, afterwards }: Following): Promise<void> => {
  if (reply) await answer(way, message, reply)
  follow(way, message, progressWithOwed(way, way.live.get(follows.id) ?? follows))
  await afterwards?.()
}

/** The statement of a waiting request, for somebody who may consent to it: nobody else learns that there is one. */
const toSign = (way: Way, person: string, which: string): ReturnType<Doors['toSign']> => {
  const [waiting, ...others] = pointedAt(way, which).flatMap((request) => waitingFor(way, request, person) ?? [])
  if (others.length > 0) return { say: severalUnder(which) }
  return waiting?.toSign ?? { say: `Nothing waits for your yes under "${which}".` }
}

/** A message that has made its request is answered with how that stands, and makes no second one. */
const isRepeated = async (way: Way, message: Message): Promise<boolean> => {
  const request = await way.records.ofMessage(message.conversation, message.account, message.id)
  if (!request) return false
  if (request.said !== saidOf(message)) {
    if (way.told.again('message-id', whoOf(message, request.person)) !== undefined)
      way.log.warn({ message: message.id, request: request.id }, 'another text came under a message id that is taken')
    await answer(
      way,
      message,
      plain('I have heard something else under that message’s id, so I did nothing with this.'),
    )
    follow(way, message, ended('refused'))
    return true
  }
  if (way.live.get(request.id)) way.live.join(request.id, message)
  else if (request.answer) await answer(way, message, request.answer)
  follow(way, message, progressWithOwed(way, way.live.get(request.id) ?? request))
  return true
}

const askWith = async (way: Way, understood: Extract<Understood, { kind: 'missing' }>): Promise<void> => {
  const id = way.newId()
  try {
    await ask(way, understood, id)
  } finally {
    if (!way.live.get(id)) way.live.release(id)
  }
}

/** A command of this person's: the same words join a request that is under way. */
const start = async (way: Way, command: Command): Promise<void> => {
  const { message, person } = command.from
  const before = command.asked === undefined ? undefined : way.live.get(command.asked)
  if (before) {
    forget(way, before)
    way.live.join(before.id, message)
  }
  const words = wordsOf({ ...message, ...(person !== undefined && { person }), text: command.text })
  const running = way.live.ofWords(words)
  if (running !== undefined) return join(way, running, message)
  const doneId = way.live.doneOfWords(words, way.clock())
  const done = doneId === undefined ? undefined : await way.records.find(doneId)
  if (done) return joinDone(way, done, message)
  const id = before?.id ?? way.newId()
  way.live.reserve(words, id)
  try {
    await walk(way, command, id, before)
  } finally {
    if (!way.live.get(id)) way.live.release(id)
  }
}

/** Said twice within a minute, it was meant once: nobody is asked again, and nothing runs again. */
const joinDone = async (way: Way, request: Request, message: Message): Promise<void> => {
  await answer(way, message, request.answer ?? joined(way, request))
  follow(way, message, progressOf(request))
}

const join = async (way: Way, id: string, message: Message): Promise<void> => {
  const request = way.live.get(id)
  if (!request) {
    await answer(way, message, plain('I am at it already.'))
    return follow(way, message, ended('done'))
  }
  if (isEnd(request.state)) return joinDone(way, request, message)
  way.live.join(id, message)
  if (request.state === 'pending') return remindOf(way, request, message)
  await answer(way, message, joined(way, request))
  follow(way, message, progressOf(request))
}

/**
 * The same words again while it waits: a client that signs is handed the statement, all others hear what is owed. Where
 * nobody has said yes so far, it is stated for this line, which such a client may sign without asking.
 */
const remindOf = async (way: Way, request: Request, message: Message): Promise<void> => {
  const mine = request.person === undefined ? undefined : waitingFor(way, request, request.person)
  if (message.signs && mine?.toSign.as === 'requester') {
    const command = recallCommand(way, request)
    if (command && (request.consents ?? []).length === 0) {
      return walk(way, { ...command, from: { ...command.from, message, said: saidOf(message) } }, request.id, request)
    }
    follow(way, message, progressWithOwed(way, request))
    return way.platforms.get(message.conversation.platform)?.show(message, mine.toSign)
  }
  const progress = progressWithOwed(way, request)
  follow(way, message, progress)
  await answer(way, message, plain(progress.owes.map(({ say }) => say).join(' '), footerOf(request)))
}

const joined = (way: Way, request: Request): Reply =>
  plain(
    `That is ${request.state} already, since ${atClock(request.createdAt, way.rules.company.zone)}.`,
    footerOf(request),
  )

/** Unknown, forbidden, not yours: one text, one event without text, one state. */
const refuse = async (way: Way, { from, near }: Extract<Understood, { kind: 'unknown' }>): Promise<void> => {
  const { message, person } = from
  const [first, ...others] = near
  const hint = first === undefined ? '' : ` Did you mean ${[first, ...others].map((line) => `"${line}"`).join(' or ')}?`
  if (person !== undefined)
    way.refusals.set(person, 'You may not run that, or it does not exist. Your administrators can change who may.')
  const again = way.told.refusal('unknown', whoOf(message, person))
  if (again !== undefined) {
    const about = { ...(person !== undefined && { person }), ...(again !== '' && { why: `unknown${again}` }) }
    await way.group.record({ leaf: eventLeaf(way, 'refused', about) })
  }
  await answer(way, message, plain(`${unknownCommand(way.name)}${hint}`))
  follow(way, message, ended('refused'))
}

/** Who says no command hears three that they may say here. */
const greeting = (way: Way, from: Identified): Reply => {
  const may = maySay(from)
  const some = from.rules.entries.filter((entry) => !entry.own && may(entry.command) && !tooOld(way, entry)).slice(0, 2)
  const lines = [...some.map(({ example, command }) => example ?? command), 'help']
  return {
    text: `Hello, ${from.called}. Try one of these:`,
    blocks: [{ type: 'choice', options: lines.map((line) => ({ label: line, say: `${way.name} ${line}` })) }],
  }
}

const answer = (way: Way, { conversation, account, id }: Message, reply: Reply): Promise<void> =>
  reply.text === '' && reply.blocks.length === 0 && !reply.footer
    ? Promise.resolve()
    : say(way, conversation, reply, { answers: { account, id } })

const answerAlone = (way: Way, { conversation, account, id }: Message, reply: Reply): Promise<void> =>
  say(way, conversation, reply, { answers: { account, id }, only: account })

const ended = (state: Progress['state']): Progress => ({ state, owes: [] })

/** Where it broke, and why in one short line: what somebody sent may stand in an error's text. */
const stackOf = (error: unknown): string => {
  const frames = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line)) : []
  return [shortFault(error), ...frames.slice(0, 10)].join('\n')
}
