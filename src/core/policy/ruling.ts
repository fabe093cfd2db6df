import type { Company } from '#core/bundle/company.ts'
import { FoobotError } from '#core/errors.ts'
import { isAtLeast, type Tier } from '#core/tier.ts'
import { type CedarPolicy, type CedarQuestion, type Prepared, prepare, readPolicy } from './cedar.ts'
import { type FactType, factTypes } from './fact-types.ts'
import { canMatch } from './heads.ts'
import { type Owed, parseOwes } from './owed.ts'
import { type Reads, readsOf } from './reads.ts'

/** A policy as Foobot reads it: what Cedar says, and what it makes owed. */
export type Rule = CedarPolicy & { readonly owes?: Owed }

/** What the policies say of one question, before tiers and owners. */
export type Ruling = {
  /** Ids of the permits that matched. */
  readonly permits: readonly string[]
  /** Ids of the forbids that matched. */
  readonly forbids: readonly string[]
  /** The rules that matched and make something owed. */
  readonly owes: readonly { readonly id: string; readonly owed: Owed }[]
}

/**
 * Reads a policy with its annotation. `@owes` stands on a `forbid` only, so that a foreign tool reading it denies.
 * @throws FoobotError `policy-malformed`
 */
export const readRule = (id: string, text: string): Rule => {
  const policy = readPolicy(id, text)
  for (const name of policy.annotations.keys()) {
    if (name !== 'owes')
      throw malformed(`${id}: @${name} means nothing here: only @owes("…") may stand before a policy`)
  }
  const owes = policy.annotations.get('owes')
  if (owes === undefined) return policy
  if (policy.effect === 'permit') throw malformed(`${id}: @owes stands on a permit: write "forbid" instead`)
  return { ...policy, owes: readOwes(id, owes) }
}

/** Every policy of a company. @throws FoobotError `policy-malformed` at the first that cannot be read */
export const readRules = (company: Company): readonly Rule[] =>
  [...company.policies].map(([id, text]) => readRule(id, text))

/** The rules that count for a command. From `sensitive` up, room and platform can forbid but never permit. */
export const rulesFor = (rules: readonly Rule[], command: string, tier: Tier): readonly Rule[] =>
  rules.filter((rule) => canMatch(rule, command) && !(isAtLeast(tier, 'sensitive') && permitsByPlace(rule)))

/** A permit that looks at where something was said, which the server alone says. */
export const permitsByPlace = (rule: Rule): boolean => {
  if (rule.effect !== 'permit') return false
  const { room, platform } = readsOf([rule])
  return room || platform
}

/** The rules of one command, made ready: what they look at, and how to ask them. */
export type Ready = {
  readonly reads: Reads
  readonly factTypes: ReadonlyMap<string, FactType | undefined>
  readonly rule: (question: CedarQuestion) => Ruling
}

/**
 * Prepares the rules of one command.
 * @throws FoobotError `policy-malformed`; `rule` throws `policy-failed` where any policy errs
 */
export const makeReady = (rules: readonly Rule[]): Ready => {
  const owing = new Map(rules.flatMap(({ id, owes }) => (owes ? [[id, owes]] : [])))
  const may = prepare(rules.filter(({ id }) => !owing.has(id)))
  const owes = owing.size > 0 ? prepare(rules.filter(({ id }) => owing.has(id))) : undefined
  return { reads: readsOf(rules), factTypes: factTypes(rules), rule: (question) => ruling(question, may, owes, owing) }
}

const ruling = (
  question: CedarQuestion,
  may: Prepared,
  owes: Prepared | undefined,
  owing: ReadonlyMap<string, Owed>,
): Ruling => {
  const { allowed, reason } = may(question)
  const matched = owes?.(question).reason ?? []
  return {
    permits: allowed ? reason : [],
    forbids: allowed ? [] : reason,
    owes: matched.map((id) => ({ id, owed: owing.get(id) ?? unknownRule(id) })),
  }
}

const readOwes = (id: string, text: string): Owed => {
  try {
    return parseOwes(text)
  } catch (error) {
    throw error instanceof FoobotError ? malformed(`${id}: ${error.message}`) : error
  }
}

const malformed = (detail: string) => new FoobotError('policy-malformed', detail)

const unknownRule = (id: string): never => {
  throw new FoobotError('policy-failed', `policy ${id} matched and is not known`)
}
