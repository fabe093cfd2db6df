import { leafHash } from '#core/log/hash.ts'
import { statementKind } from '#core/statement/statement.ts'
import type { Tier } from '#core/tier.ts'
import type { Case, Order } from '#core/warrant/case.ts'
import { warrantKind } from '#core/warrant/warrant.ts'
import type { Execute } from '#wire/runner.ts'

/** What a receipt names: there even for a warrant that is refused. */
export type Names = {
  readonly request: string
  readonly statement: string
  readonly warrant: string
  readonly tier: Tier
}

/** An order as it travels, read. */
export const orderOf = (message: Execute): Order => ({
  warrant: Buffer.from(message.warrant, 'base64'),
  index: message.index,
  path: message.path.map((text) => Buffer.from(text, 'hex')),
  checkpoint: message.checkpoint,
  consistency: message.consistency.map((text) => Buffer.from(text, 'hex')),
})

export const namesOfCase = ({ statement, digest, leaf }: Case): Names => ({
  request: statement.id,
  statement: digest,
  warrant: Buffer.from(leaf).toString('hex'),
  tier: statement.tier,
})

/** Undefined where it is no warrant: nobody could tell what a receipt for it is about. */
export const namesOf = (bytes: Uint8Array): Names | undefined => {
  try {
    const body = Buffer.from(warrantKind.decode(bytes).statement, 'base64')
    const { id, tier } = statementKind.decode(body)
    return {
      request: id,
      tier,
      statement: statementKind.digest(body),
      warrant: Buffer.from(leafHash(warrantKind.pae(bytes))).toString('hex'),
    }
  } catch {
    return undefined
  }
}
