import type { Series, Span } from './series.ts'

/** Where numbers over time come from. */
export interface Metrics {
  /** As people call it. */
  readonly name: string
  /** What stands between two targets, outside all brackets and quotes. */
  readonly between: RegExp
  /**
   * The series that a target means; none where nothing is known by that name.
   * @throws with a sentence for the room, where the target is none that can be read, too
   */
  read(target: string, span: Span, signal: AbortSignal): Promise<readonly Series[]>
}

/** Values of one line of a picture, at most: more than it has columns could not be told apart. */
export const mostPoints = 600
