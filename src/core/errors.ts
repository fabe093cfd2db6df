/**
 * Every error that Foobot raises by name. The sentence is what a person may see; it says what to do next. The other
 * text, for the log, is the `detail` of the error itself. `docs/errors.md` explains each code, and a test holds the two
 * to each other.
 */
export const errorSentences = {
  internal: 'Something broke on my side, and nothing was done. Please tell an administrator.',
  'payload-malformed': 'What was sent is not in the form that I read. Use the same version of Foobot on both sides.',
} as const

export type ErrorCode = keyof typeof errorSentences

export class FoobotError extends Error {
  readonly code: ErrorCode
  /** The text that a person may see. */
  readonly say: string

  /**
   * @param code one of the table's
   * @param detail for the log: what exactly was wrong; may name values
   * @param say instead of the table's sentence, where a more precise one helps
   */
  constructor(code: ErrorCode, detail: string, say: string = errorSentences[code]) {
    super(detail)
    this.name = 'FoobotError'
    this.code = code
    this.say = say
  }
}
