import { hash, randomBytes } from 'node:crypto'
import { logOrigin } from '../src/core/log/checkpoint.ts'
import { leafHash } from '../src/core/log/hash.ts'
import { makeNote } from '../src/core/log/make-note.ts'
import { consistencyProof, inclusionProof, rootAt } from '../src/core/log/proofs.ts'
import { verifyConsistency, verifyInclusion } from '../src/core/log/tree.ts'
import { Group } from '../src/engine/group.ts'
import { openStorage, type Storage } from '../src/storage/open.ts'
import { deployment, logKey } from './company.ts'
import { type Case, measure, use } from './measure.ts'
import { figures, growth, named, question, remark } from './table.ts'
import { temporaryFolder } from './way.ts'

question('What do appending, a proof and its check cost, and do they grow with the log?')

const sizes = [1000, 100_000]
/** As many leaves as share one durable write when the server is busy. */
const together = 64
/** What a proof of the last orders begins at. */
const before = 64
const entry = randomBytes(900)

const stored = async (size: number): Promise<{ storage: Storage; append: (count: number) => Promise<void> }> => {
  const storage = await openStorage(temporaryFolder(), (error) => {
    throw error
  })
  const notary = (at: number, root: Uint8Array): string => makeNote(logOrigin(deployment), at, root, logKey)
  const group = new Group(storage.records, notary, undefined)
  const append = async (count: number): Promise<void> => {
    for (let left = count; left > 0; left -= together) {
      const some = Array.from({ length: Math.min(together, left) }, () => group.record({ leaf: { bytes: entry } }))
      await Promise.all(some)
    }
  }
  await append(size)
  return { storage, append }
}

const block = randomBytes(65)
const floor = 'floor: one SHA-256 of 65 bytes'
const cases: Case[] = [
  {
    name: floor,
    run: (times) => {
      for (let i = 0; i < times; i += 1) use(hash('sha256', block, 'buffer'))
    },
  },
]
const closing: (() => Promise<void>)[] = []
for (const size of sizes) {
  const { storage, append } = await stored(size)
  const { log } = storage
  closing.push(() => storage.close())
  const leaf = leafHash(entry)
  const [root, last] = [rootAt(size, log), rootAt(size - before, log)]
  const indexAt = (i: number): number => size - before + (i % before)
  const paths = Array.from({ length: before }, (_, i) => inclusionProof(indexAt(i), size, log))
  const way = consistencyProof(size - before, size, log)
  /** Goes on from run to run: the same few leaves over and over would be found kept. */
  let next = 0
  cases.push(
    {
      name: `append, durable, ${together} together, ${size} leaves`,
      run: (times) => append(times),
    },
    {
      name: `path and consistency, ${size} leaves`,
      run: (times) => {
        for (let i = 0; i < times; i += 1) {
          use(inclusionProof(indexAt(i), size, log))
          use(consistencyProof(size - before, size, log))
        }
      },
    },
    {
      name: `path of any leaf, ${size} leaves`,
      run: (times) => {
        for (let i = 0; i < times; i += 1) use(inclusionProof((next++ * 7919) % size, size, log))
      },
    },
    {
      name: `check of both, ${size} leaves`,
      run: (times) => {
        for (let i = 0; i < times; i += 1) {
          const inside = verifyInclusion(leaf, indexAt(i), size, root, paths[i % before] ?? [])
          const extended = verifyConsistency(size - before, last, size, root, way)
          if (!inside || !extended) throw new Error('a proof does not hold')
        }
      },
    },
  )
}

const all = await measure(cases)
figures(all, named(all, floor))
remark('')
for (const what of [
  `append, durable, ${together} together`,
  'path and consistency',
  'path of any leaf',
  'check of both',
]) {
  growth(
    `${what}, from 1,000 to 100,000 leaves`,
    named(all, `${what}, 1000 leaves`),
    named(all, `${what}, 100000 leaves`),
  )
}
for (const close of closing) await close()
