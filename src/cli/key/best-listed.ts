import type { Connection } from '#client/connection.ts'
import type { Signer } from '#client/signer.ts'

/**
 * What signs a change of keys: only keys that the bundle lists may add others, and the new one is worth no more than
 * the one that signs for it.
 */
export const bestListed = async (connection: Connection, person: string): Promise<Signer> => {
  const listed = (await connection.keys(person)).filter(({ until }) => until === undefined)
  const worths = ['hardware', 'verified', 'software']
  const ranked = listed.toSorted((a, b) => worths.indexOf(a.worth) - worths.indexOf(b.worth))
  const best = ranked.flatMap(({ key }) => connection.signers.find((signer) => signer.key === key) ?? [])
  return best[0] ?? connection.signer
}
