import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { FoobotError } from '#core/errors.ts'
import { auditLog } from '#core/log/audit.ts'
import { claimedHead, openNote } from '#core/log/checkpoint.ts'
import { openEntry } from '#core/log/entry.ts'
import { recoveredKind } from '#core/log/recovered.ts'
import type { TreeHead } from '#core/log/tree.ts'
import { type LogHere, liesThere, logsOf, openLog } from './log-folder.ts'
import { tell } from './log-story.ts'
import { OrdersWithoutEnd, sentenceOfOrder, type WithoutEnd } from './without-end.ts'

/** One log whose files are whole. */
type Whole = {
  readonly number: number
  readonly size: number
  readonly root: string
  /** The size of the checkpoint, kept elsewhere, that it extends. */
  readonly extends?: number
  /** What was lost of the log before it, for ever. */
  readonly gap?: Gap
}

/** Between the end of a restored copy and what runners had seen of that log. */
type Gap = {
  readonly log: number
  /** Leaves that the copy has. */
  readonly copied: number
  /** Leaves that it had at the latest checkpoint that a runner handed in, or a bundle names; absent where none is later. */
  readonly had?: number
  /** Orders, receipts, key changes and bundles that runners handed in. */
  readonly recovered: number
}

export type Verified = {
  /** The one that grows first. */
  readonly logs: readonly Whole[]
  /** Numbers of logs whose files do not lie there. */
  readonly missing: readonly number[]
  readonly withoutEnd: readonly WithoutEnd[]
}

/**
 * Compares every byte of a data folder's logs with their leaves, and each log with the one before.
 * @param key the log's, from elsewhere
 * @param checkpoint a file with a checkpoint kept elsewhere, or a runner's claims file
 * @throws FoobotError `log-damaged`, `log-forked`, `note-unsigned`, `bundle-file`
 */
export const verifyLogs = (data: string, key: string | undefined, checkpoint?: string): Verified => {
  const logs = logsOf(data, key)
  const kept = checkpoint === undefined ? undefined : keptNote(checkpoint)
  const keptOf = kept && logs.find(({ origin }) => origin === claimedHead(kept).origin)
  if (kept && !keptOf) throw new FoobotError('note-unsigned', `${checkpoint} is of ${claimedHead(kept).origin}`)
  const there = logs.filter((log, n) => n === 0 || liesThere(data, log))
  const orders = new OrdersWithoutEnd()
  const whole = there
    .toReversed()
    .map((log) => verifyOne(data, log, log === keptOf ? kept : undefined, logBefore(logs, log), orders))
  return {
    logs: whole.toReversed(),
    missing: logs.filter((log) => !there.includes(log)).map(({ number }) => number),
    withoutEnd: orders.overdue(Math.floor(Date.now() / 1000)),
  }
}

const logBefore = (logs: readonly LogHere[], { number }: LogHere): LogHere | undefined =>
  logs.find((other) => other.number === number - 1)

const verifyOne = (
  data: string,
  log: LogHere,
  kept: string | undefined,
  before: LogHere | undefined,
  orders: OrdersWithoutEnd,
): Whole => {
  const { number, origin, key } = log
  const { read, head } = openLog(data, log)
  const headOf = (note: string | undefined): readonly TreeHead[] =>
    note === undefined ? [] : [openNote(note, origin, key)]
  const [end] = headOf(log.end)
  // What the administrators signed stood in the log then: a log that does not hold it is another one, or lost its end.
  const begun = log.begun && (end === undefined || log.begun.size <= end.size) ? [log.begun] : []
  const mustExtend = [...headOf(kept), ...headOf(log.end), ...begun]
  const lost = new Lost(before)
  auditLog(read, head, mustExtend, (bytes, index) => {
    if (index === 0 && log.first) checkFirst(bytes, log.first)
    const entry = { log: number, index, bytes, ...openEntry(bytes) }
    const told = tell(entry)
    orders.read(told)
    if (told.kind === 'recovered') lost.read(entry.body)
  })
  const gap = lost.gap
  const [keptHead] = headOf(kept)
  return {
    number,
    size: head.size,
    root: Buffer.from(head.root).toString('hex'),
    ...(keptHead && { extends: keptHead.size }),
    ...(gap && { gap }),
  }
}

/** A log that goes on from a copy says so first, and names what the administrators have signed. */
const checkFirst = (bytes: Uint8Array, first: Uint8Array): void => {
  if (Buffer.compare(bytes, first) === 0) return
  const say =
    'The log does not begin where the bundle says that the one before ended. Keep both, and tell an administrator.'
  throw new FoobotError('log-forked', 'the first leaf is not that of the bundle', say)
}

/** Adds up what runners handed in of the log before. */
class Lost {
  readonly #before: LogHere | undefined
  #had: number | undefined
  #recovered = 0

  constructor(before: LogHere | undefined) {
    this.#before = before
    if (before?.end !== undefined && before.begun) this.#hears(before.begun.size, claimedHead(before.end).size)
  }

  read(body: Uint8Array): void {
    const { checkpoint } = recoveredKind.decode(body)
    if (checkpoint === undefined) this.#recovered++
    else if (this.#before) this.#hears(openNote(checkpoint, this.#before.origin, this.#before.key).size, 0)
  }

  /** That log has had so many leaves. */
  #hears(size: number, copied: number): void {
    if (size > copied) this.#had = Math.max(this.#had ?? 0, size)
  }

  get gap(): Gap | undefined {
    if (this.#before?.end === undefined) return undefined
    return {
      log: this.#before.number,
      copied: claimedHead(this.#before.end).size,
      ...(this.#had !== undefined && { had: this.#had }),
      recovered: this.#recovered,
    }
  }
}

/** A checkpoint as it lies in a file of its own, or in a runner's claims file: the last that it accepted. */
const keptNote = (file: string): string => {
  const text = readFileSync(file, 'utf8')
  if (text.includes('\n\n')) return text
  const record = text.split('\n').findLast((line) => line.includes(' {"checkpoint":'))
  if (record === undefined) throw new FoobotError('note-malformed', `${file} holds no checkpoint`)
  return claimed.parse(JSON.parse(record.slice(record.indexOf(' ')))).checkpoint
}

const claimed = z.strictObject({ checkpoint: z.string() })

/** As lines. */
export const linesOf = ({ logs, missing, withoutEnd }: Verified): readonly string[] => [
  ...logs.flatMap((log) => [wholeText(log), ...(log.gap ? [gapText(log.gap)] : [])]),
  ...missing.map((number) => `The files of log ${number} do not lie here: it cannot be looked at.`),
  ...withoutEnd.map(sentenceOfOrder),
]

const wholeText = ({ number, size, root, ...one }: Whole): string => {
  const which = number === 1 ? 'The log' : `Log ${number}`
  const extended = one.extends === undefined ? '' : `, and extends the ${one.extends} of the checkpoint`
  return `${which} of ${size} leaves is whole${extended}. Its root is ${root}.`
}

const gapText = ({ log, copied, had, recovered }: Gap): string => {
  const ended = `It goes on from a restored copy: log ${log} ended there at ${copied} leaves`
  return had === undefined
    ? `${ended}, and no runner says that it has seen more.`
    : `${ended}, and had ${had} when it was lost. Its last ${had - copied} leaves are gone for ever; runners handed in ${recovered} of what they told.`
}

/** As JSON: what it always said is of the log that grows. */
export const toldOf = ({ logs: [present, ...ended], missing, withoutEnd }: Verified) => {
  const { number, ...own } = present ?? {}
  return {
    ...own,
    ...(number !== undefined && number > 1 && { number, ended, missing }),
    withoutEnd,
  }
}
