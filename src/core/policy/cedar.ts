import { createHash } from 'node:crypto'
import {
  type CedarValueJson,
  type Clause,
  type DetailedError,
  type EntityJson,
  type Expr,
  type PolicyJson,
  policyToJson,
  preparsePolicySet,
  statefulIsAuthorized,
  type TypeAndId,
} from '@cedar-policy/cedar-wasm/nodejs'
import { FoobotError } from '#core/errors.ts'

export type { CedarValueJson as CedarValue, Clause, EntityJson as Entity, Expr, TypeAndId as EntityId }

/** One policy, read. */
export type CedarPolicy = Pick<PolicyJson, 'principal' | 'action' | 'resource'> & {
  readonly id: string
  readonly text: string
  readonly effect: 'permit' | 'forbid'
  readonly conditions: readonly Clause[]
  readonly annotations: ReadonlyMap<string, string>
}

/** What is asked of a prepared set. */
export type CedarQuestion = {
  readonly principal: TypeAndId
  readonly action: TypeAndId
  readonly resource: TypeAndId
  readonly context: Record<string, CedarValueJson>
  readonly entities: EntityJson[]
}

/** `reason`: ids of the permits that allowed, or of every forbid that matched; empty where nothing permitted. */
export type CedarAnswer = { readonly allowed: boolean; readonly reason: readonly string[] }

/**
 * Reads one policy.
 * @throws FoobotError `policy-malformed` where it does not parse
 */
export const readPolicy = (id: string, text: string): CedarPolicy => {
  const answer = policyToJson(text)
  if (answer.type === 'failure') throw malformed(`${id}: ${describe(answer.errors, text)}`)
  const { effect, principal, action, resource, conditions, annotations } = answer.json
  const written = Object.entries(annotations ?? {}).map(([name, value]) => [name, value ?? ''] as const)
  return { id, text, effect, principal, action, resource, conditions, annotations: new Map(written) }
}

/**
 * Parses policies once for many questions. The set is kept inside Cedar under a name made from its content, so that a
 * name can never mean another set, and a bundle that leaves an action's policies alone costs nothing anew.
 * @param policies by id; an `@id` in the text means nothing
 * @throws FoobotError `policy-malformed` where they do not parse
 */
export const prepare = (policies: readonly { readonly id: string; readonly text: string }[]) => {
  const record = Object.fromEntries(policies.map(({ id, text }) => [id, text]))
  const name = createHash('sha256').update(JSON.stringify(record)).digest('hex')
  if (!prepared.has(name)) {
    const answer = preparsePolicySet(name, { staticPolicies: record })
    if (answer.type === 'failure') throw malformed(describe(answer.errors, ''))
    prepared.add(name)
  }
  return (question: CedarQuestion): CedarAnswer => ask(name, question)
}

export type Prepared = ReturnType<typeof prepare>

const prepared = new Set<string>()

/** INVARIANT: a policy that errors is skipped by Cedar and could be the one that forbids, so any error refuses. */
const ask = (name: string, question: CedarQuestion): CedarAnswer => {
  const answer = statefulIsAuthorized({ ...question, preparsedPolicySetId: name })
  if (answer.type === 'failure') throw new FoobotError('policy-failed', describe(answer.errors, ''))
  const { decision, diagnostics } = answer.response
  // Cedar gives them in an order that changes: the first by name, so that one question always has one answer.
  const [error] = [...diagnostics.errors].sort((a, b) => (a.policyId < b.policyId ? -1 : 1))
  if (error) throw new FoobotError('policy-failed', `${error.policyId}: ${describe([error.error], '')}`)
  return { allowed: decision === 'allow', reason: [...diagnostics.reason].sort() }
}

export const malformed = (detail: string) => new FoobotError('policy-malformed', detail)

/** What Cedar says is wrong, with the line of the text where it says so. */
export const describe = (errors: readonly DetailedError[], text: string): string =>
  errors
    .map(({ message, help, sourceLocations }) => {
      const start = sourceLocations?.[0]?.start
      const line = start === undefined || text === '' ? '' : `line ${lineOf(text, start)}: `
      return `${line}${message}${help ? ` (${help})` : ''}`
    })
    .join('; ')

/** Cedar counts bytes. */
const lineOf = (text: string, byte: number): number =>
  Buffer.from(text, 'utf8').subarray(0, byte).toString('utf8').split('\n').length
