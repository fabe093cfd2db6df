import type { Envelope } from '#core/statement/fields.ts'
import type {
  Announce,
  AskHandIn,
  BundlePack,
  Execute,
  FromRunner,
  HandedIn,
  PassedOn,
  Recorded,
} from '#wire/runner.ts'

/** One runner that has signed in, as the engine sees it. */
export interface RunnerConnection {
  readonly runner: string
  /** Where its store, bundle and checkpoint stand: as last announced or acknowledged. */
  readonly announced: Announce
  execute(orders: readonly Execute[]): void
  inspect(call: {
    readonly call: string
    readonly command: string
    readonly text: string
    readonly requester?: string
    readonly room?: string
  }): void
  /** Passes on what somebody posted to a webhook. */
  webhook(delivery: PassedOn): void
  cancel(request: string, by: string): void
  recorded(proof: Omit<Recorded, 'type'>): void
  bundle(pack: BundlePack): void
  /** A key that was added or removed. What is sent later arrives later. */
  keyChange(envelope: Envelope): void
  /** Asks for what it knows of the log before. */
  handIn(ask: Omit<AskHandIn, 'type'>): void
  handedIn(proof: Omit<HandedIn, 'type'>): void
  /** Closes with a reason that the runner prints. */
  close(why: string): void
}

/** What the engine hears of runners. The link calls these in the order in which the runner spoke. */
export interface RunnerEars {
  /**
   * Who may sign in: the runner's key in the bundle in force, or undefined for a name that is not in it.
   */
  keyOf(runner: string): string | undefined
  /** It proved who it is, and was turned away: its clock is too far from ours. Seconds, positive where it is ahead. */
  skewed(runner: string, seconds: number): void
  /** Signed in and announced. Throws with the reason where it is not admitted (another store than before). */
  admitted(connection: RunnerConnection): Promise<void>
  heard(connection: RunnerConnection, message: Exclude<FromRunner, { type: 'login' | 'announce' }>): void
  left(connection: RunnerConnection, why: string): void
}
