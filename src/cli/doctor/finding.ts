import type { Company } from '#core/bundle/company.ts'

/** `fail` is to be mended before the promise holds; `warn` is to be looked at. */
export type Level = 'ok' | 'warn' | 'fail'

/** One thing that was looked at: one line that says how it is and, where it is not well, what to do. */
export type Finding = { readonly about: string; readonly level: Level; readonly say: string }

/** What doctor looks at. */
export type Subject = {
  /** The server's data folder. */
  readonly data: string
  /** The company's folder: a draft, which changes nothing. */
  readonly config: string
  /** The origin that people dial. */
  readonly server: string
  /** Configuration files of the runners of this machine. */
  readonly runners: readonly string[]
  /** Milliseconds since 1970. */
  readonly now: number
  /** What the newest bundle on disk says, whether or not it is in force. */
  readonly company: Company | undefined
}

/** Looks at one thing. What it throws is a finding, too. */
export type Check = (subject: Subject) => readonly Finding[] | Promise<readonly Finding[]>
