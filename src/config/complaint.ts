import { type ErrorCode, FoobotError } from '#core/errors.ts'

/** One thing that is wrong in a file, and what to write instead. */
export type Complaint = { readonly file: string; readonly line?: number; readonly text: string }

/** As `company.yaml:3: zone: write a time zone, as Europe/Berlin`. */
export const complaintText = ({ file, line, text }: Complaint): string =>
  `${file}${line === undefined ? '' : `:${line}`}: ${text}`

/** At most this many are told at once: who has more has one cause. */
const mostTold = 20

/**
 * Refuses where anything is wrong, with all of it at once, one line each.
 * @throws FoobotError with the given code
 */
export const refuseIfAny = (code: ErrorCode, complaints: readonly Complaint[]): void => {
  if (complaints.length === 0) return
  const lines = complaints.slice(0, mostTold).map(complaintText)
  const more = complaints.length > mostTold ? [`and ${complaints.length - mostTold} more`] : []
  const all = [...lines, ...more].join('\n')
  throw new FoobotError(code, all, all)
}
