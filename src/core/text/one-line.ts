import { z } from 'zod'

/** Breaks, spaces, controls, and signs that look like a space and are none. */
const blanks = /[\p{Z}\p{Cc}\s\u115f\u1160\u2800\u3164\uffa0]+/gu
/** Signs that nobody sees, or that turn the order of others. Two join letters and emoji, and some are seen: those stay. */
const unseen = /(?!\u200c|\u200d|[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2])(?:\p{Cf}|\u034f)/gu

/**
 * Somebody else's text as a part of one line: a title, a name, a reason. In a line that Foobot says it would otherwise begin lines of its own,
 * which the room would read as Foobot's.
 */
export const oneLine = (text: string): string => text.toWellFormed().replace(unseen, '').replace(blanks, ' ').trim()

/** What a system sends, in a plugin's schema of an answer, where it becomes a part of a line or a cell; see `oneLine`. */
export const line = () => z.string().transform(oneLine)
