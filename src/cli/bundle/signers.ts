import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Signer } from '#client/signer.ts'

/** The example's administrator signs with `<data>/keys/PERSON-administrator`. */
export const signersAt = async (
  { data, key }: { readonly data: string; readonly key?: string },
  administrators: readonly string[],
): Promise<readonly Signer[]> => {
  const { findSigners } = await import('#client/find-signer.ts')
  const names = administrators.map((person) => `${person}-administrator`)
  const person = names.find((name) => existsSync(join(data, 'keys', name))) ?? names.join()
  const agent = process.env.SSH_AUTH_SOCK
  return findSigners({ person, data, ...(key !== undefined && { keyFile: key }), ...(agent && { agent }) })
}
