import type { Command } from 'commander'
import type { ListedCommand } from '#core/command/manifest.ts'
import { check, type Possibility, type Report } from '#core/policy/check.ts'
import { policyOf } from '#core/policy/decide.ts'
import type { Requirement } from '#core/policy/decision.ts'
import { explain, explanationLines } from '#core/policy/why.ts'
import { exits } from './failure.ts'
import { type Asked, addFact, companyAt, questionOf, type Where } from './policy-question.ts'

type WhyOptions = Where & Asked & { readonly json?: true }

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
      process.exitCode = report.passed ? exits.done : exits.broken
    })
}

const addWhy = (policy: Command): void => {
  policy
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
    .action((text: string, options: WhyOptions) => {
      const company = companyAt(options)
      const { listed, question } = questionOf(company, text, options)
      const explanation = explain(company, policyOf({ company }), question, listed)
      const lines = [...explanationLines(company, explanation), ...unseen(listed, options)]
      console.log(options.json ? JSON.stringify(explanation) : lines.join('\n'))
    })
}

/** Nothing is looked at here, so what was not given is not known. */
const unseen = ({ manifest }: ListedCommand, { owner, target, fact }: WhyOptions): string[] =>
  manifest.inspects && owner === undefined && target === undefined && Object.keys(fact).length === 0
    ? ['The runner would look at the target first: say what it would find with --target, --owner and --fact.']
    : []

const reportLines = ({ possibilities, softSpots, complaints, notes, passed }: Report): string[] => [
  ...possibilityLines(possibilities),
  ...complaints.map(({ policy, say, weight }) => `${policy}: ${say}${weight === 'slow' ? ' (slow, not wrong)' : ''}`),
  ...notes,
  ...softSpots.map(({ name, say, accepted }) =>
    accepted === undefined
      ? `Soft spot "${name}": ${say} Change it, or write it under "accepted" in company.yaml with the reason.`
      : `Soft spot "${name}", accepted (${accepted}): ${say}`,
  ),
  passed ? 'Nobody alone reaches further than is meant or accepted.' : 'The check has not passed.',
]

/** One line for all owners that come to the same. */
const possibilityLines = (possibilities: readonly Possibility[]): string[] => {
  const alike = Map.groupBy(possibilities, ({ command, people, owes }) => JSON.stringify([command, people, owes]))
  const variants = Map.groupBy(possibilities, ({ command }) => command)
  return [...alike.values()].flatMap((same) => {
    const [first] = same
    if (!first) return []
    const { command, tier, people, owes } = first
    const owners = same.map(({ owner }) => owner ?? 'nobody').join(', ')
    const whose = same.length === variants.get(command)?.length ? '' : ` on what ${owners} owns`
    const needs = owes.length === 0 ? '' : ` with ${owes.map(inWords).join(', ')}`
    return `${command} (${tier})${whose}: ${people.join(', ')}${needs}`
  })
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
