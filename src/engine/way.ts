import type { KeyChanges } from '#core/bundle/key-changes.ts'
import type { Clock } from '#core/clock.ts'
import type { Reply } from '#core/reply/reply.ts'
import { shortFault } from '#core/text/short-fault.ts'
import type { BundlePack } from '#wire/runner.ts'
import type { Accounts } from './accounts.ts'
import type { Awaited } from './awaited.ts'
import type { AttestingFactor, EnrollingFactor, Waker } from './factor.ts'
import type { Group } from './group.ts'
import type { KeyLine } from './key-line.ts'
import type { LogBefore } from './log-before.ts'
import type { Logger } from './logger.ts'
import type { About, Asker, Conversation, Platform, Progress } from './platform.ts'
import type { Refusals } from './refusals.ts'
import type { Live } from './request/live.ts'
import type { Rules } from './rules.ts'
import type { Runners } from './runners.ts'
import type { AccountStore, DeviceStore, LogReader, RecordStore, RunnerStoreIds } from './store.ts'
import type { Told } from './told.ts'
import type { Wakes } from './wakes.ts'

/** What the steps stand on. Each step is a function of this and of what the step before gave. */
export type Way = {
  readonly clock: Clock
  /** Why nothing from `member` up may be decided by the clock now; undefined where it is right. */
  readonly clockWrong: () => string | undefined
  /** 32 random hex digits. */
  readonly newId: () => string
  readonly log: Logger
  /** The name that Foobot is addressed by. */
  readonly name: string
  readonly records: RecordStore
  readonly tree: LogReader
  /** The log before, where this one goes on from a restored copy. */
  readonly before?: LogBefore
  /** The runners that have to hand in what they know of it. */
  readonly awaited: Awaited
  readonly storeIds: RunnerStoreIds
  readonly platforms: ReadonlyMap<string, Platform>
  readonly group: Group
  readonly runners: Runners
  readonly live: Live
  /** Recorded and not yet sent: its runner is away, or another request holds the resource. */
  readonly unsent: Set<string>
  /** Questions that wait for an account's next words: place (see `placeOf`) to request id. */
  readonly asking: Map<string, string>
  /** The last refusal that a person was given, for `why`: kept in memory only. */
  readonly refusals: Refusals
  readonly counters: Counters
  /** What was told of what anybody can cause without end. */
  readonly told: Told
  readonly accountStore: AccountStore
  readonly accounts: Accounts
  readonly devices: DeviceStore
  readonly waker: Waker
  readonly wakes: Wakes
  /** Services that attest, those that the server's configuration names. */
  readonly factors: Factors
  /** Keys added and removed between bundles, as they are known here. */
  keyChanges: KeyChanges
  /** Where key changes wait for each other. */
  readonly keyLine: KeyLine
  /** A number from 0 to 1, for the words of approvals. */
  readonly random: () => number
  /** Words that have rested for less than an hour: word to when they were let go, in milliseconds. */
  readonly resting: Map<string, number>
  /** The bundle in force: read it once a message, since it changes live. */
  rules: Rules
  /** The bundles that lead from a version to the one in force, oldest first; from none, that one alone. */
  readonly packsAfter: (version: number | undefined) => readonly BundlePack[]
  /** Keeps a bundle that led to the one in force; undefined where it is none of those. */
  readonly keepBundle: (pack: BundlePack) => { readonly version: number; readonly digest: string } | undefined
}

export type Factors = { readonly totp?: EnrollingFactor; readonly word?: AttestingFactor }

/** What is counted, for the metrics. */
export interface Counters {
  heard(): void
  forUs(): void
  ended(state: string, tier: string): void
  /** Milliseconds from hearing to the end. */
  took(milliseconds: number): void
  /** What became of something that was posted to a webhook. */
  posted(path: string, outcome: string): void
  /** What came of one step of a second factor: by `push`, `approver` (woken for somebody else), `totp` or `word`. */
  factor(method: 'push' | 'approver' | 'totp' | 'word', outcome: string): void
}

/** Says something; a platform that does not take it is logged, and what was decided stands. */
export const say = async (way: Way, to: Conversation, reply: Reply, about: About = {}): Promise<void> => {
  const platform = way.platforms.get(to.platform)
  try {
    if (!platform) throw new Error(`no platform ${to.platform}`)
    await platform.send(to, reply, isOurs(way, to) ? about : aloneIn(to, about))
  } catch (error) {
    way.log.warn(
      { platform: to.platform, room: to.room, code: reply.footer?.code, error: shortFault(error) },
      'a reply was not taken',
    )
  }
}

/** A room of the company, or where somebody is alone with Foobot. Where that cannot be told, it is none. */
const isOurs = (way: Way, to: Conversation): boolean => {
  try {
    return to.direct === true || way.rules.roomOf(to) !== undefined
  } catch (error) {
    way.log.error(
      { room: to.room, error: shortFault(error) },
      'a room could not be looked up: what is said there is said alone',
    )
    return false
  }
}

/** In a channel that is none of the company's, whoever is answered hears it, and nobody else. */
const aloneIn = (to: Conversation, about: About): About => {
  const only = about.only ?? about.answers?.account
  if (!only) throw new Error(`${to.room} is no room of the company`)
  return { ...about, only }
}

/** Tells a client how it stands with what it said. */
export const follow = (way: Way, asker: Asker, progress: Progress): void => {
  way.platforms.get(asker.conversation.platform)?.follow(asker, progress)
}
