import type { Company } from '#core/bundle/company.ts'
import type { Requirement } from '#core/policy/decision.ts'
import { giversOf, peopleFor, type WorthOf } from '#core/policy/givers.ts'
import type { OwedView } from './platform.ts'

/** What the sentences about what is owed are made of. */
export type Owing = {
  /** What to call who asked. */
  readonly called: string
  readonly name: string
  readonly owes: readonly Requirement[]
  /** What approvers say: a word, or the code where all words are taken. */
  readonly word: string
  /** The runner's sentence about the target. */
  readonly about?: string
}

/**
 * What is owed, said in one reply: signature, second factor, the sentence about the target, approvals. A signature covers
 * a second factor: policy has left that out already.
 */
export const prompt = ({ called, name, owes, word, about }: Owing): string => {
  const own = owes.flatMap((owed) =>
    owed.kind === 'signature'
      ? "Whoops! Looks like you're trying to do that from an insecure chat client! Please use the special client that signs messages."
      : owed.kind === 'second-factor'
        ? `Sorry, ${called}, this command requires two-factor authentication.`
        : [],
  )
  const approvals = owes.filter((owed) => owed.kind === 'approval')
  if (approvals.length === 0) return own.join(' ')
  const whom = approvals.map(someone).join(' and ')
  return [
    ...own,
    ...(about === undefined ? [] : [about]),
    `I need approval from ${whom}. To approve, say '${name} approve ${word}'.`,
  ].join(' ')
}

const someone = ({ count, group }: Extract<Requirement, { kind: 'approval' }>): string =>
  count === 1 ? `someone in ${group}` : `${count} people in ${group}`

/** What is missing, as one says it in a sentence. */
export const inWords = (owes: readonly Requirement[]): string => owes.map(oneInWords).join(', and ')

const oneInWords = (owed: Requirement): string => {
  switch (owed.kind) {
    case 'signature':
      return "the requester's signature"
    case 'second-factor':
      return "the requester's second factor"
    case 'approval':
      return `approval from ${someone(owed)}`
    case 'reason':
      return 'a reason'
  }
}

/** What is owed, as clients show it. */
export const owedViews = (owing: Owing): readonly OwedView[] =>
  owing.owes.map((owed) => {
    const say = prompt({ ...owing, owes: [owed] })
    if (owed.kind !== 'approval') return { kind: owed.kind, say }
    const { group, count } = owed
    return { kind: owed.kind, group, count, say, word: owing.word }
  })

/**
 * Why something owed could not be given even if all that could were awake; undefined where enough people could.
 * @param worthOf what each person's keys are worth now, for a command of this tier
 */
export const cannotBeGiven = (
  company: Company,
  owes: readonly Requirement[],
  requester: string | undefined,
  worthOf: WorthOf,
): string | undefined => {
  for (const owed of owes) {
    const givers = giversOf(company, owed, requester, worthOf)
    if (givers.length >= peopleFor(owed)) continue
    if (owed.kind === 'approval') return tooFew(company, owed, givers, requester)
    return owed.kind === 'reason'
      ? undefined
      : `You have no key that could sign this (it takes a ${owed.key} one): ask an administrator. "foobot key list" shows what yours are worth.`
  }
  return undefined
}

const tooFew = (
  company: Company,
  { group, count }: Extract<Requirement, { kind: 'approval' }>,
  givers: readonly string[],
  requester: string | undefined,
): string => {
  const you = requester !== undefined && company.groups.get(group)?.has(requester) ? ' but you' : ''
  return givers.length === 0
    ? `Nobody in ${group}${you} could approve this: ask an administrator.`
    : `Only ${givers.length} of the ${count} people that this needs in ${group} could approve it: ask an administrator.`
}
