import type { Tier } from '#core/tier.ts'

/** What is said of a command wherever people meet it: in understanding, help, suggestions and completions. */
export type Described = {
  /** Its name: the leading literals of its template that are no dash parts. */
  readonly command: string
  /** Expanded. */
  readonly template: string
  /** What counts: the higher of the plugin's and the bundle's. */
  readonly tier: Tier
  readonly summary: string
  /** Slot name to the sentence that asks for it. */
  readonly ask?: Readonly<Record<string, string>>
  /** A line that may be said as it is. */
  readonly example?: string
  /** Under which heading help lists it; absent for Foobot's own. */
  readonly plugin?: string
  /** Present on Foobot's own commands, which alone may begin with a reserved word. */
  readonly own?: unknown
}

/** First words that no plugin's command may have. */
export const reservedWords: readonly string[] = [
  'help',
  'requests',
  'why',
  'approve',
  'deny',
  'cancel',
  'auth',
  'link',
  'whoami',
]
