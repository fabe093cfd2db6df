import { z } from 'zod'
import { manifestEntry } from '#core/command/manifest.ts'
import { block } from '#core/reply/reply.ts'
import { digest, envelope, id, name, time } from '#core/statement/fields.ts'
import { resource } from '#core/statement/statement.ts'

/** What travels between a runner and the server. A frame is a JSON array of messages: all that one turn produced. */

/** Receipts that are said to be recorded at once, at most. */
const mostRecorded = 256
/** Why a runner closes its link where it has other commands to announce than before: it is back at once. */
export const dialsAnew = 'the runner dials anew, to announce its commands'

/** Things of one kind that one part hands in at most. */
export const mostHandedIn = 256
/** What a runner says of its own state: so many sentences, and characters of each, at most. */
export const mostTroubles = 8
export const longestTrouble = 300

/** Key changes that a runner announces at most. */
export const mostKeyChanges = 4096

/** The signed note of a checkpoint. */
const note = z.string().max(8192)
/** Of a leaf under a checkpoint: its place, and its inclusion proof, leaf to root, in hex. */
const place = { index: z.int().min(0), path: z.array(digest).max(64) }
/** From the checkpoint that the runner last acknowledged, in hex; empty at the same size, or from size 0. */
const consistency = z.array(digest).max(64)

/** The company's folder with its signed bundle: path to base64 of the bytes. */
export const bundlePack = z.strictObject({ envelope, files: z.record(z.string().max(256), z.base64()) })
export type BundlePack = z.infer<typeof bundlePack>

/** `repeated`: it was taken before. `unknown`: no such webhook here. `busy`: it may be sent again later. */
const verdict = z.enum(['taken', 'repeated', 'refused', 'unknown', 'busy'])
export type WebhookVerdict = z.infer<typeof verdict>

export const fromServer = z.discriminatedUnion('type', [
  /** First of all: what the runner's `login` must answer. */
  z.strictObject({ type: z.literal('challenge'), deployment: name, nonce: id, at: time }),
  z.strictObject({ type: z.literal('bundle'), pack: bundlePack }),
  /** A key added or removed between bundles. */
  z.strictObject({ type: z.literal('key-change'), envelope }),
  /** Says that the runner is admitted, and what of its claims the server still waits for. */
  z.strictObject({ type: z.literal('welcome'), at: time }),
  z.strictObject({
    type: z.literal('inspect'),
    /** Random: who was not asked cannot name it. */
    call: id,
    command: z.string(),
    text: z.string(),
    requester: z.exactOptional(name),
    /** The company's name of the room; absent where it was said in none. */
    room: z.exactOptional(name),
  }),
  z.strictObject({
    type: z.literal('execute'),
    /** The warrant's exact bytes. */
    warrant: z.base64(),
    ...place,
    /** The note that seals it. */
    checkpoint: note,
    consistency,
  }),
  z.strictObject({ type: z.literal('cancel'), request: id, by: name }),
  /** Somebody posted this to a webhook: the runner says whose it is. */
  z.strictObject({
    type: z.literal('webhook'),
    call: id,
    path: z.string().max(64),
    /** Names in lower case. */
    headers: z.record(z.string().max(1024), z.string().max(16_384)),
    /** The raw bytes. */
    body: z.base64(),
  }),
  /** The last message before the server closes: why, and what to do. */
  z.strictObject({ type: z.literal('refused'), say: z.string() }),
  /** These receipts are in the log, and this proves it: the runner need not hand them over again. */
  z.strictObject({
    type: z.literal('recorded'),
    /** By the digest of each signed object. */
    receipts: z.array(z.strictObject({ digest, ...place })).max(mostRecorded),
    checkpoint: note,
    consistency,
  }),
  /** A restored log asks for what the runner knows of the log before, part by part. */
  z.strictObject({
    type: z.literal('hand-in'),
    /** Of the log that asks. */
    number: z.int().min(2),
    /** How many things were handed in already. */
    from: z.int().min(0),
    /** From the runner's note to the end of the log before, in hex; empty where the runner has seen more, or none. */
    consistency,
  }),
  /** What was handed in is in the log, and this proves it. A runner's first proof of a log begins with its first leaf. */
  z.strictObject({
    type: z.literal('handed-in'),
    /** By the digest of each leaf's object. */
    leaves: z.array(z.strictObject({ digest, ...place })).max(4 * mostHandedIn + 1),
    checkpoint: note,
    consistency,
  }),
])

/** A frame from the server. */
export const serverFrame = z.array(fromServer).max(4096)
export type FromServer = z.infer<typeof fromServer>
export type Execute = Extract<FromServer, { type: 'execute' }>

export const fromRunner = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('login'), envelope }),
  z.strictObject({
    type: z.literal('announce'),
    /** The random id of the claims file. */
    store: id,
    /** The version and digest of the bundle that is in force here; absent before the first. */
    bundle: z.exactOptional(z.strictObject({ version: z.int().min(1), digest })),
    commands: z.array(z.strictObject({ manifest: manifestEntry, definition: digest })),
    /** The note of the last checkpoint accepted; absent where there is none. Numbers alone would prove nothing. */
    checkpoint: z.exactOptional(note),
    /** Claims without a recorded receipt: is their handler alive, or has it left a receipt that will come? */
    claims: z.array(z.strictObject({ request: id, state: z.enum(['alive', 'receipt', 'neither']) })),
    /** Digests of the key changes that are kept here, the newest where there are more: the server sends what is missing. */
    keyChanges: z.array(digest).max(mostKeyChanges),
    at: time,
  }),
  /** A key change is kept, or refused with the reason. */
  z.strictObject({ type: z.literal('key-change'), digest, refused: z.exactOptional(z.string()) }),
  /** A bundle was accepted, or refused with the reason; what it held before stays in force. */
  z.strictObject({
    type: z.literal('bundle'),
    version: z.int().min(1),
    digest,
    refused: z.exactOptional(z.string()),
  }),
  z.strictObject({
    type: z.literal('inspected'),
    call: id,
    resource: z.exactOptional(resource),
    say: z.exactOptional(z.string().max(2048)),
    /** Why it could not be inspected, for the person who asked. */
    problem: z.exactOptional(z.string().max(2048)),
  }),
  /** The claim is durable and the handler starts. */
  z.strictObject({ type: z.literal('claimed'), request: id, at: time }),
  /** The checkpoint offered is smaller than the one held (whose note this is), or not an extension of it. */
  z.strictObject({ type: z.literal('checkpoint'), checkpoint: z.exactOptional(note), fork: z.boolean() }),
  /** Part of an answer. `final` on the last one that a handler returned. */
  z.strictObject({ type: z.literal('say'), request: id, blocks: z.array(block), final: z.boolean() }),
  /** Too late to cancel: it started at `at`. */
  z.strictObject({ type: z.literal('too-late'), request: id, at: time }),
  z.strictObject({ type: z.literal('receipts'), envelope }),
  /** What became of a delivery: `taken` is proven, new and durably remembered; only then anything is made of it. */
  z.strictObject({ type: z.literal('heard'), call: id, verdict }),
  /** What a webhook that was taken has to say, in the room that the bundle lists for its path. */
  z.strictObject({ type: z.literal('told'), path: z.string().max(64), blocks: z.array(block) }),
  /** What keeps this runner from its work, in its own words; none where it is well. It is shown to operators, and decides nothing. */
  z.strictObject({
    type: z.literal('state'),
    troubles: z.array(z.string().max(longestTrouble)).max(mostTroubles),
  }),
  /** One part of what is handed in to a restored log. */
  z.strictObject({
    type: z.literal('hand-in'),
    /** As it was asked. */
    from: z.int().min(0),
    /** Other parts follow. */
    more: z.boolean(),
    /** The last note of the log before, where that is beyond the end of the copy. */
    checkpoint: z.exactOptional(note),
    /** The exact bytes of warrants. */
    orders: z.array(z.base64()).max(mostHandedIn),
    receipts: z.array(envelope).max(mostHandedIn),
    keyChanges: z.array(envelope).max(mostHandedIn),
    bundles: z.array(bundlePack).max(1),
  }),
])

/** A frame from a runner. */
export const runnerFrame = z.array(fromRunner).max(4096)
export type FromRunner = z.infer<typeof fromRunner>
export type PassedOn = Omit<Extract<FromServer, { type: 'webhook' }>, 'type'>
export type AskHandIn = Extract<FromServer, { type: 'hand-in' }>
export type HandedIn = Extract<FromServer, { type: 'handed-in' }>
export type HandIn = Extract<FromRunner, { type: 'hand-in' }>
export type Recorded = Extract<FromServer, { type: 'recorded' }>
export type Announce = Extract<FromRunner, { type: 'announce' }>
