import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { edgeRoot, emptyEdge, grow } from './edge.ts'
import { leafHash } from './hash.ts'
import {
  decodeEntries,
  decodeTile,
  encodeEntries,
  encodeTile,
  entriesPath,
  mostEntryBytes,
  signaturesPath,
  spanPath,
  spans,
  tileHashes,
  tileLevels,
  tilePath,
  tileRoot,
  tileWidth,
} from './tiles.ts'

describe('the files of the log', () => {
  it('lie where C2SP tlog-tiles says', () => {
    expect(spanPath({ index: 1234067, width: 256 })).toBe('x001/x234/067')
    expect(spanPath({ index: 0, width: 1 })).toBe('000.p/1')
    expect(tilePath(1, { index: 1000, width: 255 })).toBe('tile/1/x001/000.p/255')
    expect(entriesPath({ index: 12, width: 256 })).toBe('tile/entries/012')
    expect(signaturesPath(12)).toBe('signatures/012')
  })

  it('are those that C2SP tlog-tiles counts for 70,000 leaves, and for 256', () => {
    const rows = Array.from({ length: tileLevels(70_000) }, (_, level) => spans(tileHashes(level, 70_000)))
    expect(rows.map((row) => row.filter(({ width }) => width === tileWidth).length)).toEqual([273, 1, 0])
    expect(rows.map((row) => row.at(-1)?.width)).toEqual([112, 17, 1])
    expect(spans(tileHashes(0, 256))).toEqual([{ index: 0, width: 256 }])
    expect(spans(tileHashes(1, 256))).toEqual([{ index: 0, width: 1 }])
    expect(tileLevels(0)).toBe(0)
  })

  it('start again at the one that was not full', () => {
    expect(spans(600, 255)).toEqual(spans(600))
    expect(spans(600, 256)).toEqual(spans(600).slice(1))
    expect(spans(512, 512)).toEqual([])
  })

  it('give back what was put in', () => {
    const entries = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(entries, (list) => {
        const bytes = encodeEntries(list)
        expect(decodeEntries(bytes, list.length).map((entry) => Buffer.from(entry))).toEqual(
          list.map((e) => Buffer.from(e)),
        )
        expect(() => decodeEntries(bytes, list.length + 1)).toThrow()
        expect(() => decodeEntries(bytes.subarray(0, -1), list.length)).toThrow()
        expect(() => decodeEntries(Buffer.concat([bytes, Buffer.of(0)]), list.length)).toThrow()
      }),
      { numRuns: 200 },
    )
    const hashes = [1, 2, 3].map((n) => leafHash(Uint8Array.of(n)))
    expect(decodeTile(encodeTile(hashes), 3)).toEqual(hashes)
    expect(() => decodeTile(encodeTile(hashes), 2)).toThrow()
  })

  it('hold entries up to the limit of a leaf and no larger ones', () => {
    const largest = new Uint8Array(mostEntryBytes)
    expect(decodeEntries(encodeEntries([largest]), 1)[0]).toHaveLength(mostEntryBytes)
    expect(() => encodeEntries([new Uint8Array(mostEntryBytes + 1)])).toThrow(RangeError)
  })

  it('have a full tile’s root in the level above', () => {
    const hashes = Array.from({ length: tileWidth }, (_, i) => leafHash(Uint8Array.of(i)))
    expect(tileRoot(hashes)).toEqual(edgeRoot(grow(emptyEdge, hashes)))
  })
})
