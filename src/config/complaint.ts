import { type ErrorCode, FoobotError } from '#core/errors.ts'

/** One thing that is wrong in a file, and what to write instead. */
export type Complaint = { readonly file: string; readonly line?: number; readonly text: string }

/** As `company.yaml:3: zone: write a time zone, as Europe/Berlin`. */
export const complaintText = ({ file, line, text }: Complaint): string =>
  `${file}${line === undefined ? '' : `:${line}`}: ${text}`

/** At most this many are told at once: who has more has one cause. */
const mostTold = 20

/** Several findings at once, each a line of its own. */
export class Findings extends FoobotError {
  readonly each: readonly string[]

  /** @param rest what is said of those that are not told, given how many they are */
  constructor(code: ErrorCode, all: readonly string[], rest: (count: number) => string) {
    const each = all.length > mostTold ? [...all.slice(0, mostTold), rest(all.length - mostTold)] : all
    super(code, each.join('\n'), each.join('\n'))
    this.name = 'Findings'
    this.each = each
  }
}

/**
 * Refuses where anything is wrong, with all of it at once, one line each.
 * @throws Findings with the given code
 */
export const refuseIfAny = (code: ErrorCode, complaints: readonly Complaint[]): void => {
  if (complaints.length > 0) throw new Findings(code, complaints.map(complaintText), (count) => `and ${count} more`)
}
