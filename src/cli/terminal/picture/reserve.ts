/**
 * Makes sure that there are so many rows below before something is drawn over them: what is drawn at the end of a screen would
 * make it scroll, or be cut off. The cursor is back where it was afterwards.
 */
export const inReservedRows = (sequence: string, rows: number): string =>
  `${'\u001bD'.repeat(rows)}\u001b[${rows}A\u001b7${sequence}\u001b8`
