import type { Asked } from '#client/asked.ts'
import type { PhoneSheet } from '#client/phone.ts'
import type { ChatMessage } from '#wire/native.ts'
import type { ClientKind } from './script.ts'

/** Who watches a conversation as it is played. It waits where the audience does. */
export interface Audience {
  titled(title: string): Promise<void>
  entered(room: string): Promise<void>
  /** Before it is said. */
  types(person: string, client: ClientKind, text: string): Promise<void>
  /** What Foobot says; with `progress`, in place of the last with the same value. */
  heard(chat: ChatMessage, progress?: string): void
  /** Somebody reads what they are about to sign. */
  reads(person: string, asked: Asked): Promise<void>
  /** Somebody looks at what their phone asks. */
  holds(person: string, sheet: PhoneSheet): Promise<void>
  /** And types this into it. */
  enters(person: string, typed: string): Promise<void>
  /** A client's own words to who uses it. */
  told(person: string, say: string): void
  runs(args: readonly string[]): Promise<void>
  /** A line that the command line prints. */
  printed(line: string): void
  did(what: string): Promise<void>
}

const nothing = (): Promise<void> => Promise.resolve()

/** Nobody watches. */
export const nobody: Audience = {
  titled: nothing,
  entered: nothing,
  types: nothing,
  heard: () => undefined,
  reads: nothing,
  holds: nothing,
  enters: nothing,
  told: () => undefined,
  runs: nothing,
  printed: () => undefined,
  did: nothing,
}
