import type { Envelope } from './statement/envelope.ts'

/** What the server says to a consent. */
export type Answer = { readonly accepted: boolean; readonly say: string }

/** Milliseconds. */
const patience = 15_000

/**
 * Hands a signed consent to the server.
 * @throws Error where no answer came: the consent may have arrived all the same
 */
export const deliver = async (server: string, envelope: Envelope): Promise<Answer> => {
  const response = await fetch(`${server}/present`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(envelope),
    credentials: 'omit',
    redirect: 'error',
    signal: AbortSignal.timeout(patience),
  })
  const answer: unknown = await response.json()
  if (!isAnswer(answer)) throw new Error('not an answer')
  return answer
}

const isAnswer = (value: unknown): value is Answer =>
  typeof value === 'object' &&
  value !== null &&
  'accepted' in value &&
  typeof value.accepted === 'boolean' &&
  'say' in value &&
  typeof value.say === 'string'
