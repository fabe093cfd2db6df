import { z } from 'zod'
import { cut } from './cut.ts'
import { oneLine } from './one-line.ts'

/** Code units of a fault in a line of a log, and of a text that are looked at for it. */
const longest = 200
const lookedAt = 2000

/**
 * What is wrong, in one short line for a log: of a schema's list of complaints, the first. What somebody sent may stand in any
 * error's text, and must not become more than they sent.
 */
export const shortFault = (error: unknown): string => cut(oneLine(cut(textOf(error), lookedAt)), longest)

const textOf = (error: unknown): string => {
  if (error instanceof z.core.$ZodError) return firstIssue(error)
  return error instanceof Error ? error.message || error.name : String(error)
}

/** The first thing that a schema finds wrong, as `facts.plan: Invalid input`. */
const firstIssue = ({ issues: [first] }: z.core.$ZodError): string =>
  [first?.path.map(String).join('.'), first?.message ?? 'nothing known'].filter(Boolean).join(': ')
