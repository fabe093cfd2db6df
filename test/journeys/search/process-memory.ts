import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import type { Needles } from './needles.ts'

const page = 4096
/** Bytes that are read at once. */
const piece = 16 * 1024 * 1024

type Range = { readonly from: number; readonly to: number }

/** The names of the secrets that a process of ours holds anywhere in the memory that it can write to. */
export const inMemoryOf = (pid: number, needles: Needles): ReadonlySet<string> => {
  const [memory, pages] = [openSync(`/proc/${pid}/mem`, 'r'), openSync(`/proc/${pid}/pagemap`, 'r')]
  const found = new Set<string>()
  const buffer = Buffer.alloc(piece)
  try {
    for (const range of writable(pid).flatMap((whole) => usedOf(whole, pages))) {
      for (const name of inRange(memory, range, buffer, needles)) found.add(name)
    }
  } finally {
    closeSync(memory)
    closeSync(pages)
  }
  return found
}

const writable = (pid: number): readonly Range[] =>
  readFileSync(`/proc/${pid}/maps`, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, from = '', to = ''] = /^([0-9a-f]+)-([0-9a-f]+) rw.. /.exec(line) ?? []
      return from === '' ? [] : [{ from: Number.parseInt(from, 16), to: Number.parseInt(to, 16) }]
    })

/** What of a range was ever written to: most of what a process reserves was not. */
const usedOf = ({ from, to }: Range, pages: number): readonly Range[] => {
  const count = (to - from) / page
  const entries = Buffer.alloc(count * 8)
  readSync(pages, entries, 0, entries.length, (from / page) * 8)
  const used: { from: number; to: number }[] = []
  for (let index = 0; index < count; index++) {
    // Bit 63: in memory; bit 62: swapped out.
    if ((entries[index * 8 + 7] ?? 0) < 0x40) continue
    const at = from + index * page
    const last = used.at(-1)
    if (last?.to === at) last.to = at + page
    else used.push({ from: at, to: at + page })
  }
  return used
}

const inRange = (memory: number, { from, to }: Range, buffer: Buffer, needles: Needles): readonly string[] => {
  const found: string[] = []
  for (let at = from; at < to; ) {
    const read = readPiece(memory, buffer, Math.min(buffer.length, to - at), at)
    if (read === 0) return found
    found.push(...needles.in(buffer.subarray(0, read)))
    if (at + read >= to) return found
    // What lies across two pieces is read twice.
    at += Math.max(1, read - needles.longest)
  }
  return found
}

/** 0 where the process has given the range back meanwhile. */
const readPiece = (memory: number, buffer: Buffer, length: number, at: number): number => {
  try {
    return readSync(memory, buffer, 0, length, at)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EIO') return 0
    throw error
  }
}
