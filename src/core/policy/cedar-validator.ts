import { type SchemaJson, validate } from '@cedar-policy/cedar-wasm/nodejs'
import { describe, malformed } from './cedar.ts'

export type CedarSchema = SchemaJson<string>

/** What Cedar's validator says of a policy: `impossible` where its conditions can never hold, else what is wrong. */
export type Finding = { readonly policy: string; readonly kind: 'wrong' | 'impossible'; readonly say: string }

/**
 * Validates policies strictly against a schema.
 * @throws FoobotError `policy-malformed` where they, or the schema, cannot be read
 */
export const findingsOf = (
  policies: readonly { readonly id: string; readonly text: string }[],
  schema: CedarSchema,
): readonly Finding[] => {
  const record = Object.fromEntries(policies.map(({ id, text }) => [id, text]))
  const answer = validate({ schema, policies: { staticPolicies: record }, validationSettings: { mode: 'strict' } })
  if (answer.type === 'failure') throw malformed(describe(answer.errors, ''))
  return [...answer.validationErrors, ...answer.validationWarnings].flatMap(({ policyId, error }): Finding[] => {
    const say = describe([error], '').replace(/^for policy `[^`]*`, /, '')
    // Cedar says this of a policy beside "impossible", and means the same.
    if (say.startsWith('unable to find an applicable action')) return []
    return [{ policy: policyId, kind: say.startsWith('policy is impossible') ? 'impossible' : 'wrong', say }]
  })
}
