import { z } from 'zod'
import type { Company } from '#core/bundle/company.ts'
import { formatVersion, name } from '#core/statement/fields.ts'
import { defineKind } from '#core/statement/kind.ts'
import { emptyRoot, leafHash } from './hash.ts'
import type { TreeHead } from './tree.ts'

const fields = z.strictObject({
  v: formatVersion,
  deployment: name,
  number: z.int().min(2),
  /** The signed note at which the log before ended. */
  after: z.string().max(8192),
})

/** The first leaf of a log that goes on from a restored copy. It says nothing that the bundle does not say. */
export const logBeginsKind = defineKind('log-begins', fields, 16 * 1024)

/** The bytes of a log's first leaf; undefined of the first log, which begins with whatever happens first. */
export const firstEntry = ({ deployment, log: { number, after } }: Pick<Company, 'deployment' | 'log'>) =>
  after === undefined ? undefined : logBeginsKind.pae(logBeginsKind.encode({ v: 2, deployment, number, after }))

/**
 * The tree that a company's log begins with, for whoever has seen none of it: empty, or its first leaf. What is proven to
 * extend it is proven to follow the log that the administrators named.
 */
export const beginningOf = (company: Pick<Company, 'deployment' | 'log'>): TreeHead => {
  const entry = firstEntry(company)
  return entry ? { size: 1, root: leafHash(entry) } : { size: 0, root: emptyRoot }
}
