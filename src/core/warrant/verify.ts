import type { KeyChanges } from '#core/bundle/key-changes.ts'
import { carriesUntil, tooOldText } from '#core/bundle/life.ts'
import { listedOf } from '#core/bundle/listing.ts'
import { tierOf } from '#core/command/manifest.ts'
import { parseText } from '#core/command/parse.ts'
import { render } from '#core/command/render.ts'
import { templateOf } from '#core/command/template.ts'
import { ConsentRefusal, checkConsentTime, checkYes, readConsent } from '#core/consent/check.ts'
import { stillOwed } from '#core/consent/missing.ts'
import { FoobotError } from '#core/errors.ts'
import { claimedHead, logOrigin } from '#core/log/checkpoint.ts'
import { followLog } from '#core/log/follow.ts'
import { leafHash } from '#core/log/hash.ts'
import { verifyInclusion } from '#core/log/tree.ts'
import type { Requirement } from '#core/policy/decision.ts'
import { tierRule } from '#core/policy/tiers.ts'
import { canonicalText } from '#core/statement/canonical.ts'
import { statementKind } from '#core/statement/statement.ts'
import { isAtLeast } from '#core/tier.ts'
import { type Case, type Facts, type Order, refuse, type Step, WarrantRefusal } from './case.ts'
import { warrantKind } from './warrant.ts'

const skew = 30

/** Step 1, shape: strict decoding makes the case; whatever is too large or not of the profile has none. */
export const open = (order: Order, facts: Facts): Case => {
  const warrant = warrantKind.decode(order.warrant)
  const body = Buffer.from(warrant.statement, 'base64')
  const statement = statementKind.decode(body)
  const listed = listedOf(facts.bundle.company.commands, statement.command)
  if (!listed) throw new WarrantRefusal('definition', `The bundle lists no command "${statement.command}".`)
  const template = templateOf(listed)
  return {
    order,
    facts,
    warrant,
    statement,
    digest: statementKind.digest(body),
    leaf: leafHash(warrantKind.pae(order.warrant)),
    listed,
    template,
    args: parseText(template, statement.text),
    consents: warrant.consents.map(readConsent),
  }
}

/** 2: it is for me. */
const addressee = ({ warrant, statement, facts: { me } }: Case): void => {
  const all = [warrant, statement]
  if (all.some((part) => part.deployment !== me.deployment)) refuse('addressee', 'It is for another deployment.')
  if (all.some((part) => part.runner !== me.runner)) refuse('addressee', 'It is for another runner.')
}

/** 3: it was made under the bundle that is in force here, which is young enough for a command of this tier. */
const bundle = ({ warrant, statement, listed, facts }: Case): void => {
  const held = facts.bundle
  if (warrant.bundle.version !== held.version || statement.bundle !== held.version) {
    refuse('bundle', `It was made under bundle ${warrant.bundle.version}; bundle ${held.version} is in force here.`)
  }
  if (warrant.bundle.digest !== held.digest) refuse('bundle', 'It was made under another bundle of the same version.')
  const tier = tierOf(listed)
  if (carriesUntil(held, tier) <= facts.now) refuse('bundle', tooOldText(held, tier))
}

/** 4: it is in the log, under a checkpoint that extends the last one accepted. */
const sealed = (c: Case): void => {
  const { order, facts, leaf, statement } = c
  const { company } = facts.bundle
  for (const [name, witness] of company.witnesses) {
    if (witness.tiers.includes(statement.tier)) refuse('sealed', `Witness ${name} cannot be checked yet.`)
  }
  const head = followLog(order, facts.last, { origin: logOrigin(facts.me.deployment), key: company.log.key })
  if (head === 'behind') throw new WarrantRefusal('sealed', 'The log is older than what I have seen.', head)
  if (head === 'fork') throw new WarrantRefusal('sealed', 'The log does not extend what I have seen.', head)
  const begun = company.log.checkpoint === undefined ? undefined : claimedHead(company.log.checkpoint)
  if (begun && head.size < begun.size) refuse('sealed', 'The log is older than the bundle says.', 'behind')
  if (!verifyInclusion(leaf, order.index, head.size, head.root, order.path)) refuse('sealed', 'It is not in the log.')
  c.head = head
}

/** 5: it lives, and no longer than its tier may. */
const time = ({ warrant, statement, consents, facts }: Case): void => {
  if (statement.iat > facts.now + skew || warrant.iat > facts.now + skew)
    refuse('time', 'It comes from the future: look at the clocks.')
  if (statement.exp <= facts.now) refuse('time', 'It has expired.')
  const { life } = tierRule(statement.tier, facts.bundle.company.limits)
  if (statement.exp - statement.iat > life) refuse('time', `It lives longer than ${life} s.`)
  for (const { value } of consents) checkConsentTime(value, { statement, now: facts.now })
}

/** 6: the command is the one that is loaded here and that the bundle lists. */
const definition = ({ statement, listed, facts }: Case): void => {
  const loaded = facts.loaded(statement.command)
  if (loaded?.definition !== statement.definition)
    refuse(
      'definition',
      `"${statement.command}" is defined otherwise here: restart or update the plugin, and ask again.`,
    )
  if (listed.runner !== facts.me.runner)
    refuse('definition', `"${statement.command}" belongs to runner ${listed.runner}.`)
  if (!loaded || canonicalText(loaded.manifest) !== canonicalText(listed.manifest)) {
    refuse('definition', `"${statement.command}" is declared otherwise in the bundle.`)
  }
  if (statement.tier !== tierOf(listed)) refuse('definition', "The tier is not the bundle's.")
  const { room } = statement.via
  if (isAtLeast(statement.tier, 'sensitive') && (room === undefined || !facts.bundle.company.rooms.has(room))) {
    refuse('definition', 'It was not said in a room of the company.')
  }
}

/** 7: the text is the command, in its one form. */
const text = ({ statement, template, args }: Case): void => {
  if (render(template, args) !== statement.text) refuse('text', 'The text is not in its canonical form.')
}

/** 8: each consent is a yes of exactly its person to exactly this statement, and each person stands there once. */
const consents = (c: Case): void => {
  const { warrant, statement, digest, facts } = c
  const { bundle, keyChanges, now } = facts
  const isSorted = c.consents.every(({ digest: one }, n) => n === 0 || one > (c.consents[n - 1]?.digest ?? ''))
  if (!isSorted) refuse('consents', 'The consents are not sorted by digest, each once.')
  const given = warrant.consents.map((envelope) => checkYes(envelope, { statement, digest, bundle, keyChanges, now }))
  if (new Set(given.map(({ person }) => person)).size < given.length) refuse('consents', 'One person is counted twice.')
  c.given = given
}

/** 9: the target is what the statement says, looked at now. */
const resource = async ({ statement, args, facts }: Case): Promise<void> => {
  const now = await facts.inspect(statement, args)
  if (canonicalText(now) !== canonicalText(statement.resource)) {
    refuse('resource', `${statement.resource.id} has changed since it was asked: say it again.`)
  }
}

/** 10 and 11 are one look at policy: whether the requester may, and what that owes. */
const decide = ({ statement, listed, args, facts }: Case) =>
  facts.policy.decide(
    {
      ...(statement.requester !== undefined && { requester: statement.requester }),
      command: statement.command,
      args: args as never,
      resource: statement.resource,
      ...(statement.via.room !== undefined && { room: statement.via.room }),
      platform: statement.via.platform,
    },
    listed,
  )

/** 10: policy permits the requester. */
const may = (c: Case): void => {
  const decision = decide(c)
  if (decision.outcome === 'deny') refuse('may', decision.why)
}

/** 11: nothing that is owed is missing. Only consents that step 8 has checked count. */
const owed = (c: Case): void => {
  const decision = decide(c)
  if (decision.outcome === 'deny') return
  const lacking = stillOwed(decision, c.given ?? [], c.statement.requester)
  if (lacking.length > 0) refuse('owed', `Missing: ${lacking.map(inWords).join(', ')}.`)
}

const inWords = (owed: Requirement): string => {
  switch (owed.kind) {
    case 'reason':
      return 'a reason'
    case 'signature':
      return 'the requester’s signature'
    case 'second-factor':
      return 'the requester’s second factor'
    case 'approval':
      return `${owed.count} approval${owed.count === 1 ? '' : 's'} from ${owed.group}`
  }
}

/** What the papers prove by themselves: in the order in which they arrive, without waiting. Step 1 is `open`. */
export const paperSteps: readonly Step[] = [
  { number: 2, name: 'addressee', check: addressee },
  { number: 3, name: 'bundle', check: bundle },
  { number: 4, name: 'sealed', check: sealed },
  { number: 5, name: 'time', check: time },
  { number: 6, name: 'definition', check: definition },
  { number: 7, name: 'text', check: text },
  { number: 8, name: 'consents', check: consents },
]

/** What only a look at the world and at policy tells. Step 12, the claim, is `runner/claims.ts`. */
export const worldSteps: readonly Step[] = [
  { number: 9, name: 'resource', check: resource },
  { number: 10, name: 'may', check: may },
  { number: 11, name: 'owed', check: owed },
]

/**
 * Opens an order and checks its papers, at once. Orders must come here in the order of their arrival, each with the head
 * of the one before as `last`.
 * @throws WarrantRefusal whatever goes wrong
 */
export const checkPapers = (order: Order, facts: Facts, steps = paperSteps, read = open): Case => {
  const c = guarded('shape', undefined, () => read(order, facts))
  for (const step of steps) guarded(step.name, c, () => step.check(c))
  return c
}

/**
 * Checks what is true now, after the papers.
 * @throws WarrantRefusal whatever goes wrong
 */
export const checkWorld = async (c: Case, steps = worldSteps): Promise<void> => {
  for (const step of steps) {
    try {
      await step.check(c)
    } catch (error) {
      throw asRefusal(step.name, c, error)
    }
  }
}

/**
 * Checks the consents once more, where keys have changed since: a removal counts at once.
 * @throws WarrantRefusal
 */
export const checkConsentsAgain = (c: Case, keyChanges: KeyChanges): void => {
  const now = { ...c, facts: { ...c.facts, keyChanges } }
  guarded('consents', now, () => consents(now))
  guarded('owed', now, () => owed(now))
}

const guarded = <T>(step: string, c: Case | undefined, check: () => T): T => {
  try {
    return check()
  } catch (error) {
    throw asRefusal(step, c, error)
  }
}

/** INVARIANT: any throw refuses. */
const asRefusal = (step: string, c: Case | undefined, error: unknown): WarrantRefusal => {
  const refusal = error instanceof WarrantRefusal ? error : new WarrantRefusal(step, sentenceOf(error))
  if (c?.head) refusal.head = c.head
  return refusal
}

const sentenceOf = (error: unknown): string =>
  error instanceof ConsentRefusal || error instanceof FoobotError
    ? error.say
    : `It could not be checked: ${String(error)}`
