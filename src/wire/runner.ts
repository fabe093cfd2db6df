import { z } from 'zod'
import { manifestEntry } from '#core/command/manifest.ts'
import { block } from '#core/reply/reply.ts'
import { digest, envelope, id, name, time } from '#core/statement/fields.ts'
import { resource } from '#core/statement/statement.ts'

/** What travels between a runner and the server. A frame is a JSON array of messages: all that one turn produced. */

/** Why a runner closes its link where it has other commands to announce than before: it is back at once. */
export const dialsAnew = 'the runner dials anew, to announce its commands'

/** Key changes that a runner announces at most. */
export const mostKeyChanges = 4096

/** A size of the log's tree with its root, in hex. */
const treeHead = z.strictObject({ size: z.int().min(0), root: digest })
export type TreeHead = z.infer<typeof treeHead>

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
    call: z.int().min(1),
    command: z.string(),
    text: z.string(),
    requester: z.exactOptional(name),
    room: name,
  }),
  z.strictObject({
    type: z.literal('execute'),
    /** The warrant's exact bytes. */
    warrant: z.base64(),
    /** Its leaf's place in the log. */
    index: z.int().min(0),
    /** The inclusion proof, leaf to root, in hex. */
    path: z.array(digest).max(64),
    /** The signed note that seals it. */
    checkpoint: z.string().max(8192),
    /** From the checkpoint that the runner last acknowledged; empty at the same size, or from size 0. */
    consistency: z.array(digest).max(64),
  }),
  z.strictObject({ type: z.literal('cancel'), request: id, by: name }),
  /** Somebody posted this to a webhook: the runner says whose it is. */
  z.strictObject({
    type: z.literal('webhook'),
    call: z.int().min(1),
    path: z.string().max(64),
    /** Names in lower case. */
    headers: z.record(z.string().max(1024), z.string().max(16_384)),
    /** The raw bytes. */
    body: z.base64(),
  }),
  /** The last message before the server closes: why, and what to do. */
  z.strictObject({ type: z.literal('refused'), say: z.string() }),
  /** These receipts are in the log: the runner need not keep them. */
  z.strictObject({ type: z.literal('recorded'), statements: z.array(digest) }),
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
    checkpoint: treeHead,
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
    call: z.int().min(1),
    resource: z.exactOptional(resource),
    say: z.exactOptional(z.string().max(2048)),
    /** Why it could not be inspected, for the person who asked. */
    problem: z.exactOptional(z.string().max(2048)),
  }),
  /** The claim is durable and the handler starts. `checkpoint` is the last accepted. */
  z.strictObject({ type: z.literal('claimed'), request: id, at: time, checkpoint: treeHead }),
  /** The checkpoint offered is smaller than, or not an extension of, the one held. */
  z.strictObject({ type: z.literal('checkpoint'), checkpoint: treeHead, fork: z.boolean() }),
  /** Part of an answer. `final` on the last one that a handler returned. */
  z.strictObject({ type: z.literal('say'), request: id, blocks: z.array(block), final: z.boolean() }),
  /** Too late to cancel: it started at `at`. */
  z.strictObject({ type: z.literal('too-late'), request: id, at: time }),
  z.strictObject({ type: z.literal('receipts'), envelope }),
  /** What became of a delivery: `taken` is proven, new and durably remembered; only then anything is made of it. */
  z.strictObject({ type: z.literal('heard'), call: z.int().min(1), verdict }),
  /** What a webhook that was taken has to say, in the room that the bundle lists for its path. */
  z.strictObject({ type: z.literal('told'), path: z.string().max(64), blocks: z.array(block) }),
])

/** A frame from a runner. */
export const runnerFrame = z.array(fromRunner).max(4096)
export type FromRunner = z.infer<typeof fromRunner>
export type PassedOn = Omit<Extract<FromServer, { type: 'webhook' }>, 'type'>
export type Announce = Extract<FromRunner, { type: 'announce' }>
