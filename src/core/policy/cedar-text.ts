import { type PolicyJson, policySetTextToParts, policyToText } from '@cedar-policy/cedar-wasm/nodejs'
import { type CedarPolicy, describe, malformed } from './cedar.ts'

/**
 * The policies of a file, by id `<file>#<n>`, n from 1 in the file's order.
 * @throws FoobotError `policy-malformed` where the file does not parse, or holds a template
 */
export const splitPolicies = (file: string, text: string): ReadonlyMap<string, string> => {
  const answer = policySetTextToParts(text)
  if (answer.type === 'failure') throw malformed(`${file}: ${describe(answer.errors, text)}`)
  if (answer.policy_templates.length > 0) {
    throw malformed(`${file}: a policy has a ?principal or ?resource: write out whom and what it is for`)
  }
  // Cedar names the parts policy0, policy1, … and returns them sorted by that text: policy10 before policy2.
  const order = answer.policies.map((_, index) => index).sort((a, b) => (`policy${a}` < `policy${b}` ? -1 : 1))
  const numbered = answer.policies.map((policy, place) => ({ number: (order[place] ?? place) + 1, policy }))
  return new Map(
    numbered.sort((a, b) => a.number - b.number).map(({ number, policy }) => [`${file}#${number}`, policy]),
  )
}

/** The text of a policy's head and annotations alone, for every resource and without its conditions. */
export const headOf = ({ id, effect, principal, action, annotations }: CedarPolicy): string => {
  const head: PolicyJson = {
    effect,
    principal,
    action,
    resource: { op: 'All' },
    conditions: [],
    annotations: Object.fromEntries(annotations),
  }
  const answer = policyToText(head)
  if (answer.type === 'failure') throw malformed(`${id}: ${describe(answer.errors, '')}`)
  return answer.text
}
