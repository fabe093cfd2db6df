/** Characters that take one column on every terminal: ASCII, Latin, Greek, Cyrillic, punctuation, arrows, boxes and blocks. */
const narrow =
  /^[ -~\u00a0-\u02ff\u0370-\u0482\u048a-\u058f\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2100-\u22ff\u2500-\u259f]$/

/** Columns that a terminal may give a character, at most: they disagree about marks, joiners and emoji. */
export const mostColumns = (character: string): number => (narrow.test(character) ? 1 : 2)
