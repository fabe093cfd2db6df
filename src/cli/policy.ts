import { type Command, InvalidArgumentError } from 'commander'
import { bundleVersions, readBundle } from '#config/bundle-folder.ts'
import { readCompany } from '#config/company.ts'
import { readCompanyFolder } from '#config/company-folder.ts'
import type { Company } from '#core/bundle/company.ts'
import { commandSet } from '#core/command/command-set.ts'
import type { ListedCommand } from '#core/command/manifest.ts'
import { directoryOf } from '#core/command/speaking.ts'
import { understand } from '#core/command/understand.ts'
import { FoobotError } from '#core/errors.ts'
import { check, type Possibility, type Report } from '#core/policy/check.ts'
import { policyOf } from '#core/policy/decide.ts'
import type { Question, Requirement } from '#core/policy/decision.ts'
import { explain, explanationLines } from '#core/policy/why.ts'
import { addressed } from '#core/text/address.ts'
import { hygiene } from '#core/text/hygiene.ts'
import { higherTier } from '#core/tier.ts'

type Where = { readonly config?: string; readonly data: string }

type WhyOptions = Where & {
  readonly as: string
  readonly room: string
  readonly platform: string
  readonly owner?: string
  readonly target?: string
  readonly fact: Question['resource']['facts']
  readonly json?: true
}

/** `foobot policy check|why`: read files, ask nobody, run nothing. */
export const addPolicy = (program: Command): void => {
  const policy = program.command('policy').description('check the company’s policies, and explain a decision')
  addCheck(policy)
  addWhy(policy)
}

const addCheck = (policy: Command): void => {
  policy
    .command('check')
    .description('say who could run what with whose consent, and where one party reaches too far')
    .option('--config <dir>', 'a draft of the company’s folder, instead of the newest bundle')
    .option('--data <dir>', 'the data folder', process.env.FOOBOT_DATA ?? './data')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExits 0 where every soft spot stands in company.yaml under "accepted", else 1.\n\n  foobot policy check\n  foobot policy check --config company',
    )
    .action((options: Where & { readonly json?: true }) => {
      const report = check(companyAt(options))
      console.log(options.json ? JSON.stringify(report) : reportLines(report).join('\n'))
      process.exitCode = report.passed ? 0 : 1
    })
}

const addWhy = (policy: Command): void => {
  const why = policy
    .command('why')
    .description('explain what policy says of a command, without running anything')
    .argument('<command>', 'what would be said, as "push"')
    .requiredOption('--as <person>', 'who would say it')
    .requiredOption('--room <room>', 'where')
    .option('--platform <platform>', 'by way of which platform', 'native')
    .option('--owner <label>', 'the target’s owner, as its system calls it')
    .option('--target <type:id>', 'the target, as Server:svr-1827')
    .option('--fact <name=value>', 'a fact of the target; may stand several times', addFact, {})
    .option('--config <dir>', 'a draft of the company’s folder, instead of the newest bundle')
    .option('--data <dir>', 'the data folder', process.env.FOOBOT_DATA ?? './data')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\n  foobot policy why --as jhand --room devs push\n  foobot policy why --as mansel --room ops --owner backend --fact role=db "rebuild svr-1827 role=web"',
    )
  why.action((text: string, options: WhyOptions) => {
    try {
      const company = companyAt(options)
      const { listed, question } = questionOf(company, text, options)
      const explanation = explain(company, policyOf({ company }), question, listed)
      const lines = [...explanationLines(company, explanation), ...unseen(listed, options)]
      console.log(options.json ? JSON.stringify(explanation) : lines.join('\n'))
    } catch (error) {
      if (!(error instanceof Unasked)) throw error
      why.error(error.message, { exitCode: 2 })
    }
  })
}

/** What was given cannot be asked: bad usage. */
class Unasked extends Error {}

const companyAt = ({ config, data }: Where): Company => {
  if (config !== undefined) return readCompany(readCompanyFolder(config))
  const newest = bundleVersions(data).at(-1)
  if (newest === undefined) {
    const say = `There is no bundle in ${data}: give its folder with --data DIR, or a draft with --config DIR.`
    throw new FoobotError('bundle-file', say, say)
  }
  return readCompany(readBundle(data, newest).files)
}

const questionOf = (
  company: Company,
  text: string,
  options: WhyOptions,
): { listed: ListedCommand; question: Question } => {
  const { as: requester, room, platform, owner } = options
  if (!company.people.has(requester)) throw new Unasked(`There is no person ${requester}: ${known(company.people)}`)
  const place = company.rooms.get(room)
  if (!place) throw new Unasked(`There is no room ${room}: ${known(company.rooms)}`)
  if (place.groups.length > 0 && !place.groups.some((group) => company.groups.get(group)?.has(requester))) {
    throw new Unasked(`${requester} is not in ${room}, and is answered nothing there.`)
  }
  const { listed, args } = commandOf(company, text, requester)
  const { target = `System:${listed.manifest.plugin}` } = options
  const [, type = '', id = ''] = /^([A-Z][A-Za-z0-9]*):(.+)$/s.exec(target) ?? []
  if (id === '') throw new Unasked(`"${target}" is no target: write its type and id, as Server:svr-1827.`)
  const resource = { type, id, facts: options.fact, ...(owner !== undefined && { owner }) }
  return { listed, question: { requester, command: listed.manifest.command, args, resource, room, platform } }
}

const commandOf = (company: Company, text: string, me: string): { listed: ListedCommand; args: Question['args'] } => {
  const line = hygiene(addressed(text, 'Foobot', true) ?? text)
  if (!line.ok) throw new Unasked(line.say)
  const set = commandSet(
    company.commands.map((listed) => ({
      ...listed.manifest,
      tier: higherTier(listed.tier, listed.manifest.tier),
      listed,
    })),
  )
  const directory = directoryOf(company.people.values(), company.groups.keys())
  const speaking = { now: Date.now(), zone: company.zone, dateOrder: company.dateOrder, me, directory }
  const understood = understand(set, line.text, speaking, () => true)
  switch (understood.kind) {
    case 'command':
      return { listed: understood.entry.listed, args: understood.args as Question['args'] }
    case 'complaint':
      throw new Unasked(understood.say)
    case 'missing':
      throw new Unasked(understood.usage)
    default: {
      const near = understood.kind === 'unknown' && understood.near.length > 0 ? understood.near : undefined
      throw new Unasked(`The company has no command "${text}".${near ? ` Did you mean ${near.join(' or ')}?` : ''}`)
    }
  }
}

const addFact = (text: string, before: Question['resource']['facts']): Question['resource']['facts'] => {
  const [, name = '', value = ''] = /^([a-z][A-Za-z0-9]*)=(.*)$/s.exec(text) ?? []
  if (name === '') throw new InvalidArgumentError('Write it as role=web.')
  if (value === 'true' || value === 'false') return { ...before, [name]: value === 'true' }
  return { ...before, [name]: /^-?[0-9]{1,15}$/.test(value) ? Number(value) : value }
}

/** Nothing is looked at here, so what was not given is not known. */
const unseen = ({ manifest }: ListedCommand, { owner, target, fact }: WhyOptions): string[] =>
  manifest.inspects && owner === undefined && target === undefined && Object.keys(fact).length === 0
    ? ['The runner would look at the target first: say what it would find with --target, --owner and --fact.']
    : []

const reportLines = ({ possibilities, softSpots, complaints, notes, passed }: Report): string[] => [
  ...possibilities.map(possibilityLine),
  ...complaints.map(({ policy, say, weight }) => `${policy}: ${say}${weight === 'slow' ? ' (slow, not wrong)' : ''}`),
  ...notes,
  ...softSpots.map(({ name, say, accepted }) =>
    accepted === undefined
      ? `Soft spot "${name}": ${say} Change it, or write it under "accepted" in company.yaml with the reason.`
      : `Soft spot "${name}", accepted (${accepted}): ${say}`,
  ),
  passed ? 'Nobody alone reaches further than is meant or accepted.' : 'The check has not passed.',
]

const possibilityLine = ({ command, tier, owner, people, owes }: Possibility): string => {
  const target = owner === undefined ? '' : ` on what ${owner} owns`
  const needs = owes.length === 0 ? '' : ` with ${owes.map(inWords).join(', ')}`
  return `${command} (${tier})${target}: ${people.join(', ')}${needs}`
}

const inWords = (owed: Requirement): string => {
  switch (owed.kind) {
    case 'reason':
      return 'a reason'
    case 'signature':
      return 'their signature'
    case 'second-factor':
      return 'their consent'
    case 'approval':
      return `${owed.count} of ${owed.group}`
  }
}

const known = (names: ReadonlyMap<string, unknown>): string => `the company has ${[...names.keys()].sort().join(', ')}.`
