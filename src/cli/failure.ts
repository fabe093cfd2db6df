import { Findings } from '#config/complaint.ts'
import { type ErrorCode, FoobotError } from '#core/errors.ts'
import { writeError } from '#disk/write-error.ts'
import { passOn, passOnRefusal } from './pass-on.ts'
import { complain } from './tell.ts'

/** Exit codes of all subcommands; `say` gives the first seven by what became of the line. */
export const exits = { done: 0, broken: 1, usage: 2, waits: 3, refused: 4, failed: 5, unreachable: 6 } as const

const exitOf: Partial<Record<ErrorCode, number>> = {
  'server-unreachable': exits.unreachable,
  'server-url': exits.usage,
  'no-key': exits.usage,
  'key-file': exits.usage,
  'no-phone': exits.usage,
  'phone-refused': exits.refused,
  'agent-failed': exits.usage,
  'login-refused': exits.refused,
  'clock-skew': exits.refused,
  'signature-refused': exits.refused,
  'consent-senseless': exits.refused,
  'key-change-refused': exits.refused,
}

/** Something that the command line itself got wrong. */
export class UsageError extends Error {}

/** Errors whose sentence is the server's. */
const theirs: readonly ErrorCode[] = ['login-refused', 'phone-refused']

/** One line that says what to do, whether it is the server's, and the exit code that belongs to it. */
export const explain = (
  error: unknown,
): { readonly line: string; readonly isTheirs: boolean; readonly exit: number } => {
  if (error instanceof UsageError) return { line: error.message, isTheirs: false, exit: exits.usage }
  if (error instanceof FoobotError)
    return { line: error.say, isTheirs: theirs.includes(error.code), exit: exitOf[error.code] ?? exits.broken }
  return { line: lineOf(error), isTheirs: false, exit: exits.broken }
}

/** What the file system refuses names the file, and who must own it. What is only missing says so by itself. */
const lineOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const path = 'path' in error && 'code' in error && error.code !== 'ENOENT' ? error.path : undefined
  const named = typeof path === 'string' ? writeError(path, error) : error
  return named instanceof FoobotError ? named.say : error.message
}

/** Says what is wrong, one finding a line; gives the exit code. */
export const complainOf = (error: unknown): number => {
  const { line, isTheirs, exit } = explain(error)
  const lines = error instanceof Findings ? error.each : [line]
  for (const one of lines) {
    if (isTheirs) passOnRefusal(one)
    else complain(one)
  }
  return exit
}

/** Says why nothing was done; gives the exit code. */
export const refuse = (say: string): number => {
  complain(say)
  return exits.refused
}

/** The same in the server's own words. */
export const refusedBy = (say: string): number => {
  passOnRefusal(say)
  return exits.refused
}

/** Says what the server made of something that was handed in; gives the exit code. */
export const conclude = ({ accepted, say }: { readonly accepted: boolean; readonly say: string }): number => {
  if (!accepted) return refusedBy(say)
  passOn(say)
  return exits.done
}

/** Runs a subcommand; whatever it throws becomes one line on standard error. */
export const guarded =
  <A extends unknown[]>(run: (...args: A) => Promise<number | undefined>) =>
  async (...args: A): Promise<void> => {
    try {
      process.exitCode = (await run(...args)) ?? exits.done
    } catch (error) {
      process.exitCode = complainOf(error)
    }
  }
