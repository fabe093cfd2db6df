import { z } from 'zod'
import { FoobotError } from '#core/errors.ts'
import { shortFault } from '#core/text/short-fault.ts'

/** What a person may be told of anything that was thrown: a schema's error is a list for programs, and becomes a sentence. */
export const sentenceOf = (error: unknown): string => {
  if (error instanceof FoobotError) return error.say
  if (error instanceof z.core.$ZodError) return `It met data in a form that it does not read: ${shortFault(error)}.`
  if (error instanceof Error) return error.message || error.name
  return String(error)
}
