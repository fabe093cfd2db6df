import { tileRoot, tileWidth } from './tiles.ts'

/** The hashes of the tile that is not yet full, level by level: what more leaves are put behind. */
export type Rows = readonly (readonly Uint8Array[])[]

export type FullTile = {
  readonly level: number
  readonly index: number
  readonly hashes: readonly Uint8Array[]
  /** The hash of it all: the tile's one entry in the level above. */
  readonly root: Uint8Array
}

/**
 * Puts leaves behind a tree of `size`, and gives the tiles that became full by it.
 * @param rows those of a tree of `size`
 */
export const growRows = (
  rows: Rows,
  size: number,
  leaves: readonly Uint8Array[],
): { readonly rows: Rows; readonly full: readonly FullTile[] } => {
  const grown: Uint8Array[][] = []
  const full: FullTile[] = []
  let [more, before] = [leaves, size]
  for (let level = 0; level < rows.length || more.length > 0; level++) {
    const row = [...(rows[level] ?? []), ...more]
    const roots: Uint8Array[] = []
    let index = Math.floor(before / tileWidth)
    while (row.length >= tileWidth) {
      const hashes = row.splice(0, tileWidth)
      const root = tileRoot(hashes)
      full.push({ level, index: index++, hashes, root })
      roots.push(root)
    }
    grown.push(row)
    ;[more, before] = [roots, Math.floor(before / tileWidth)]
  }
  return { rows: grown, full }
}
