import type { Tier } from '#core/tier.ts'

/**
 * Foobot's own commands: the same grammar, but no runner, no statement and no warrant. They branch off after
 * understanding, into `answer-own.ts`.
 */
export type OwnCommand = {
  readonly command: 'help' | 'requests' | 'why' | 'whoami' | 'cancel' | 'approve' | 'deny' | 'auth me' | 'link'
  readonly template: string
  readonly summary: string
  readonly example?: string
  /** May be said when the bundle in force has ended, too: it only reads, or takes back. */
  readonly outlives?: true
}

const declared: readonly OwnCommand[] = [
  {
    command: 'help',
    template: 'help [<what:text...>]',
    summary: 'List what you may say here, or explain one command',
    example: 'help push',
    outlives: true,
  },
  { command: 'requests', template: 'requests', summary: 'List what waits or runs in this conversation' },
  { command: 'why', template: 'why', summary: 'Explain the last refusal you were given, and whom to ask' },
  { command: 'whoami', template: 'whoami', summary: 'Say who you are to Foobot, and your groups' },
  {
    command: 'cancel',
    template: 'cancel <code:word>',
    summary: 'Cancel one of your requests',
    example: 'cancel 7F3A-92C1',
    outlives: true,
  },
  {
    command: 'approve',
    template: 'approve <which:word>',
    summary: "Approve somebody's request",
    example: 'approve slick',
  },
  {
    command: 'deny',
    template: 'deny <which:word> [<reason:text...>]',
    summary: "End somebody's request that you could approve",
    example: 'deny slick not during the sale',
    outlives: true,
  },
  {
    command: 'auth me',
    template: 'auth me [<method:push|totp>] [<code:word>] [<request:word>]',
    summary: 'Give the second factor that one of your requests waits for',
    example: 'auth me push',
  },
  { command: 'link', template: 'link [<code:word>]', summary: 'Tell Foobot that a chat account is yours' },
]

/** Everybody may say them; what they show is filtered by who asks. */
export const ownCommands = declared.map((own) => ({
  command: own.command as string,
  template: own.template,
  summary: own.summary,
  tier: 'open' as Tier,
  ...(own.example !== undefined && { example: own.example }),
  own,
}))
