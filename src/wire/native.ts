import { z } from 'zod'
import { key } from '#core/bundle/key-change.ts'
import { block, footer } from '#core/reply/reply.ts'
import { envelope, id, name, time } from '#core/statement/fields.ts'
import { tiers } from '#core/tier.ts'

/**
 * What travels between Foobot's own clients and the server: one JSON object a WebSocket text frame. A room is named as
 * the company names it; `@jhand` is where the person jhand and Foobot talk alone.
 */

/** The room where a person and Foobot talk alone: no company room is named so. */
export const directRoom = (person: string): string => `@${person}`

export const requestStates = [
  'asking',
  'pending',
  'running',
  'done',
  'refused',
  'expired',
  'cancelled',
  'failed',
  'interrupted',
] as const

export const requestState = z.enum(requestStates)

/** One thing that is owed, as clients show it. */
export const owed = z.strictObject({
  kind: z.enum(['signature', 'second-factor', 'approval', 'reason']),
  group: z.exactOptional(name),
  count: z.exactOptional(z.int().min(1)),
  word: z.exactOptional(z.string()),
  say: z.string(),
  /** The rule that asks for it. */
  because: z.exactOptional(z.string()),
  /** People who could give it; of many, the first. */
  from: z.exactOptional(z.array(name).readonly()),
})

/** A second factor that somebody sets up, who has signed in with a key. */
export const enrolment = z.discriminatedUnion('what', [
  /** The key that a push subscription must be made for. */
  z.strictObject({ what: z.literal('push-key') }),
  /** A phone to be woken, as its browser's `PushSubscription` says. */
  z.strictObject({
    what: z.literal('add-phone'),
    name: z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ’'_.-]{0,39}$/u),
    endpoint: z.url().max(1024),
    p256dh: z.string().regex(/^[A-Za-z0-9_-]{87}$/),
    auth: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  }),
  z.strictObject({ what: z.literal('remove-phone'), name: z.string().max(40) }),
  /** A new secret for one-time codes. */
  z.strictObject({ what: z.literal('new-totp') }),
  /** Its first code: from then on it counts. */
  z.strictObject({ what: z.literal('confirm-totp'), code: z.string().regex(/^\d{6}$/) }),
])

export type Enrolment = z.infer<typeof enrolment>

/** `value` is what was asked for: a key, or the URI of a secret. */
export const enrolled = z.strictObject({ accepted: z.boolean(), say: z.string(), value: z.exactOptional(z.string()) })

export type Enrolled = z.infer<typeof enrolled>

/** The id that a client gives a line it sends: unique for its account; delivered twice, it is one message. */
export const messageId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)

/** Characters of one line. */
export const mostLine = 65_536
/** Entries of one page of history. */
export const mostEntries = 500
const entries = z.int().min(0).max(mostEntries)

/** The code that a connection is closed with where another of the same person took its place. */
export const placeTaken = 4429

/** Answers the challenge: a signed `login`. The one frame of somebody who has not signed in. */
export const fromStranger = z.strictObject({ type: z.literal('login'), envelope })

export const fromClient = z.discriminatedUnion('type', [
  fromStranger,
  /** Hear a room from now on; with `history`, its last messages first. */
  z.strictObject({ type: z.literal('join'), room: name, history: z.exactOptional(entries) }),
  /** A page of what was said in a room before a place that `joined` or `history` named; the last page where none is named. */
  z.strictObject({
    type: z.literal('history'),
    call: z.int().min(1),
    room: name,
    before: z.exactOptional(id),
    count: entries,
  }),
  /** `signs`: this client can sign what its user says. */
  z.strictObject({
    type: z.literal('say'),
    room: name,
    id: messageId,
    text: z.string().max(mostLine),
    signs: z.boolean(),
  }),
  z.strictObject({ type: z.literal('complete'), room: name, call: z.int().min(1), text: z.string().max(4096) }),
  z.strictObject({ type: z.literal('present'), call: z.int().min(1), envelope }),
  /** The statement of a waiting request, by its code or id, to look at and sign. */
  z.strictObject({ type: z.literal('fetch'), call: z.int().min(1), which: z.string().min(1).max(64) }),
  z.strictObject({ type: z.literal('enrol'), call: z.int().min(1), enrolment }),
  /** What waits, as far as this person may see it. */
  z.strictObject({ type: z.literal('requests'), call: z.int().min(1) }),
  /** Somebody's keys, as far as this person may see them. */
  z.strictObject({ type: z.literal('keys'), call: z.int().min(1), of: name }),
])

export type FromClient = z.infer<typeof fromClient>

const chatMessage = z.strictObject({
  room: name,
  /** The person, or `foobot`. */
  from: name,
  name: z.string(),
  at: time,
  text: z.string(),
  blocks: z.array(block),
  footer: z.exactOptional(footer),
})

const requestView = z.strictObject({
  state: requestState,
  id: z.exactOptional(id),
  code: z.exactOptional(z.string()),
  /** The canonical command. */
  command: z.exactOptional(z.string()),
  owes: z.array(owed),
})

/** A request as `requests` lists it: whose it is, and where. */
const listedRequest = requestView.extend({ person: z.exactOptional(name), room: z.exactOptional(name) })

/** A key of a person's, with what it is worth, from when and until when. */
const heldKey = z.strictObject({
  key,
  worth: z.enum(['software', 'verified', 'hardware']),
  /** The highest tier that it counts for; absent where it counts for all. */
  upTo: z.exactOptional(z.enum(tiers)),
  from: z.exactOptional(time),
  /** Absent where the bundle lists it. */
  until: z.exactOptional(time),
  /** Who added it. */
  by: z.array(name),
})

export const fromServer = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('challenge'), deployment: name, nonce: id, at: time }),
  z.strictObject({
    type: z.literal('welcome'),
    person: name,
    name: z.string(),
    deployment: name,
    company: z.string(),
    rooms: z.array(name),
    at: time,
  }),
  /** Whatever this client asked for is not possible; `say` tells what to do. */
  z.strictObject({
    type: z.literal('problem'),
    say: z.string(),
    message: z.exactOptional(messageId),
    room: z.exactOptional(name),
  }),
  /** Something said in a joined room: by people, or by Foobot. `message` marks this client's own line coming back. */
  z.strictObject({
    type: z.literal('message'),
    message: z.exactOptional(messageId),
    /** The line that Foobot answers with this. */
    answers: z.exactOptional(messageId),
    /** A later progress with the same value takes this one's place. */
    progress: z.exactOptional(z.string()),
    chat: chatMessage,
  }),
  /** `history`: as many of the last entries as fit one page, oldest first. `before`: the place before which more was said. */
  z.strictObject({
    type: z.literal('joined'),
    room: name,
    history: z.array(chatMessage),
    before: z.exactOptional(id),
  }),
  z.strictObject({
    type: z.literal('history'),
    call: z.int().min(1),
    history: z.array(chatMessage),
    before: z.exactOptional(id),
  }),
  /**
   * How it stands with a line this client sent: once for each state. A line that is not for Foobot, or that asks for
   * one of Foobot's own commands, has `done` alone.
   */
  z.strictObject({ type: z.literal('request'), message: messageId, request: requestView }),
  /**
   * Please look, and sign: as who asked, or as an approver for a group. `message` is the line of this client that it
   * follows, `call` the `fetch` that it answers.
   */
  z.strictObject({
    type: z.literal('statement'),
    message: z.exactOptional(messageId),
    call: z.exactOptional(z.int().min(1)),
    as: z.enum(['requester', 'approver']),
    group: z.exactOptional(name),
    /** The rule that asks for it: the server's word. */
    because: z.exactOptional(z.string()),
    /** The statement's exact bytes. */
    statement: z.base64(),
  }),
  /** A `fetch`, or another call, that cannot be answered, and what to do. */
  z.strictObject({ type: z.literal('declined'), call: z.int().min(1), say: z.string() }),
  /** Whole lines, each beginning with the text that was sent: a command begun, without Foobot's name. */
  z.strictObject({ type: z.literal('completions'), call: z.int().min(1), completions: z.array(z.string()) }),
  z.strictObject({ type: z.literal('presented'), call: z.int().min(1), accepted: z.boolean(), say: z.string() }),
  z.strictObject({ type: z.literal('enrolled'), call: z.int().min(1), ...enrolled.shape }),
  z.strictObject({ type: z.literal('requests'), call: z.int().min(1), requests: z.array(listedRequest) }),
  z.strictObject({ type: z.literal('keys'), call: z.int().min(1), keys: z.array(heldKey) }),
])

export type FromServer = z.infer<typeof fromServer>
export type ChatMessage = z.infer<typeof chatMessage>
export type RequestView = z.infer<typeof requestView>
export type HeldKey = z.infer<typeof heldKey>
export type ListedRequest = z.infer<typeof listedRequest>
export type Owed = z.infer<typeof owed>
