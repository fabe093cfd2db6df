import { bound } from '#bounds/bound.ts'
import type { Company } from '#core/bundle/company.ts'
import type { Requirement } from '#core/policy/decision.ts'
import { firstLacking } from '#core/policy/enough.ts'
import { giversOf, type WorthOf } from '#core/policy/givers.ts'
import type { OwedView } from './platform.ts'

/** What the sentences about what is owed are made of. */
export type Owing = {
  readonly company: Company
  /** Who asked; absent where no person stands behind it. */
  readonly requester?: string
  /** What each person's keys are worth now, for a command of this tier. */
  readonly worthOf: WorthOf
  /** What to call who asked. */
  readonly called: string
  readonly name: string
  readonly owes: readonly Requirement[]
  /** What approvers say: a word, or the code where all words are taken. */
  readonly word: string
  /** Who has approved already. */
  readonly approvers: readonly string[]
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

/** What a request waits for, of whom, and which rule asks for it: for a list of what waits. */
export const waitsFor = (owing: Owing): string =>
  owing.owes
    .map((owed) => {
      const names = someNames(giversLeft(owing, owed))
      const of = owed.kind === 'approval' && names !== '' ? ` (${names})` : ''
      const how = owed.kind === 'approval' ? ` ("${owing.name} approve ${owing.word}")` : ''
      return `${oneInWords(owed)}${of}, asked for by ${owed.because.replaceAll(', ', ' and ')}${how}`
    })
    .join('; ')

/** So many names are read; more are counted. */
const mostNames = 5

const someNames = (names: readonly string[]): string =>
  names.length <= mostNames
    ? names.join(', ')
    : `${names.slice(0, mostNames - 1).join(', ')} and ${names.length - mostNames + 1} others`

const listed = bound('listed-givers', {
  most: 64,
  unit: 'people',
  of: 'people who could give one thing that a request owes, in what clients are told',
  say: 'The others are left out; each of them may give it all the same.',
})

/** What is owed, as clients show it. */
export const owedViews = (owing: Owing): readonly OwedView[] =>
  owing.owes.map((owed) => {
    const { kind, because } = owed
    const say = prompt({ ...owing, owes: [owed] })
    const givers = giversLeft(owing, owed)
    if (givers.length > listed.most) listed.reached()
    const from = givers.slice(0, listed.most)
    if (owed.kind !== 'approval') return { kind, say, because, from }
    const { group, count } = owed
    return { kind, group, count, say, because, from, word: owing.word }
  })

/** Who could give one thing still. */
export const giversLeft = (
  { company, requester, worthOf, approvers }: Pick<Owing, 'company' | 'requester' | 'worthOf' | 'approvers'>,
  owed: Requirement,
): readonly string[] =>
  giversOf(company, owed, requester, worthOf).filter(
    (person) => owed.kind !== 'approval' || !approvers.includes(person),
  )

/**
 * Why something owed could not be given even if all that could were awake; undefined where enough people could.
 */
export const cannotBeGiven = (
  about: Pick<Owing, 'company' | 'requester' | 'worthOf' | 'approvers' | 'owes'>,
): string | undefined => {
  const { company, requester, owes } = about
  const owed = firstLacking(owes, (one) => giversLeft(about, one))
  if (!owed || owed.kind === 'reason') return undefined
  if (owed.kind !== 'approval')
    return `You have no key that could sign this (it takes a ${owed.key} one): ask an administrator. "foobot key list" shows what yours are worth.`
  const { group, count } = owed
  const givers = giversLeft(about, owed)
  const you = requester !== undefined && company.groups.get(group)?.has(requester) ? ' but you' : ''
  if (givers.length === 0) return `Nobody in ${group}${you} could approve this: ask an administrator.`
  if (givers.length < count)
    return `Only ${givers.length} of the ${count} people that this needs in ${group} could approve it: ask an administrator.`
  const groups = owes.flatMap((one) => (one.kind === 'approval' ? one.group : []))
  return `Too few people in ${groups.join(' and ')} could approve this, since each counts for one group: ask an administrator.`
}
