import { addressOf } from '#processes/sandbox.ts'
import type { Company } from '../company.ts'

/** Makes the next answers of a stand-in fail, as its vendor's do: in order, one a request. */
export const orderFaults = async (
  { data }: Company,
  sandbox: string,
  faults: readonly (string | number)[],
): Promise<void> => {
  const answer = await fetch(`${addressOf(data, sandbox)}/-/faults`, { method: 'PUT', body: JSON.stringify(faults) })
  if (!answer.ok) throw new Error(`the stand-in ${sandbox} does not take ${faults.join(' ')}: ${answer.status}`)
}
