import { expect } from 'vitest'
import type { Sandbox } from './sandbox.fixture.ts'

/** What can go wrong with one answer, as `sandbox/faults.ts` takes it. */
export type Fault = number | 'cut' | 'hang' | 'pass'

/** Makes the next requests to a stand-in fail so, in order. */
export const orderFaults = async ({ url }: Pick<Sandbox, 'url'>, ...faults: readonly Fault[]): Promise<void> => {
  const headers = { 'content-type': 'application/json' }
  const { status } = await fetch(`${url}/-/faults`, { method: 'PUT', headers, body: JSON.stringify(faults) })
  expect(status).toBe(204)
}

/** What is said when something fails: a sentence without any of these secrets. */
export const sentenceOf = async (failing: Promise<unknown>, secrets: readonly string[]): Promise<string> => {
  const said = await failing.then(
    (answer) => expect.fail(`it did not fail: ${JSON.stringify(answer)}`),
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
  for (const secret of secrets) expect(said).not.toContain(secret)
  return said
}
