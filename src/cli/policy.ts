import { type Command, Option } from 'commander'
import type { ListedCommand } from '#core/command/manifest.ts'
import { check } from '#core/policy/check.ts'
import { policyOf } from '#core/policy/decide.ts'
import { explain, explanationLines } from '#core/policy/why.ts'
import { exits } from './failure.ts'
import { type Asked, addFact, companyAt, questionOf, type Where } from './policy-question.ts'
import { reportLines } from './policy-report.ts'
import { print, printJson, width } from './tell.ts'
import { dataOption } from './where.ts'

type WhyOptions = Where & Asked & { readonly json?: true }

/** `foobot policy check|why`: read files, ask nobody, run nothing. */
export const addPolicy = (program: Command): void => {
  const policy = program
    .command('policy')
    .summary('check the company’s policies, and explain a decision')
    .description('The company’s policies: checks them, and explains a decision. It reads files, and runs nothing.')
    .addHelpText(
      'after',
      '\nExamples:\n  foobot policy check --config ~/company\n  foobot policy why --as jhand --room devs push',
    )
  addCheck(policy)
  addWhy(policy)
}

const addCheck = (policy: Command): void => {
  policy
    .command('check')
    .summary('say who could run what with whose consent, and where one party reaches too far')
    .description(
      'Goes through people, commands and owners, policies read as boldly as can be: who could run what with whose consent, and what each single party could run alone. A "!" stands where that is more than it is meant to.',
    )
    .option('--config <dir>', 'a draft of the company’s folder, instead of the newest bundle')
    .addOption(dataOption())
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExit codes: 0 every soft spot stands in company.yaml under "accepted", else 1.\n\nExamples:\n  foobot policy check\n  foobot policy check --config ~/company',
    )
    .action((options: Where & { readonly json?: true }) => {
      const report = check(companyAt(options))
      if (options.json) printJson(report)
      else print(...reportLines(report, width()))
      process.exitCode = report.passed ? exits.done : exits.broken
    })
}

const addWhy = (policy: Command): void => {
  policy
    .command('why')
    .summary('explain what policy says of a command, without running anything')
    .description(
      'Explains what policy says of a command, without running anything: who may, what it owes, who could give that.',
    )
    .argument('<command>', 'what would be said, as "push"')
    .requiredOption('--as <person>', 'who would say it')
    .requiredOption('--room <room>', 'where')
    .option('--platform <platform>', 'by way of which platform', 'native')
    .option('--owner <label>', 'the target’s owner, as its system calls it')
    .option('--target <type:id>', 'the target, as Server:svr-1827')
    .addOption(
      new Option('--fact <name=value>', 'a fact of the target; may stand several times')
        .default({}, 'none')
        .argParser(addFact),
    )
    .option('--config <dir>', 'a draft of the company’s folder, instead of the newest bundle')
    .addOption(dataOption())
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      "\nExamples:\n  foobot policy why --as jhand --room devs push\n  foobot policy why --as mansel --room ops --owner backend --fact role=db 'rebuild svr-1827 role=web'",
    )
    .action((text: string, options: WhyOptions) => {
      const company = companyAt(options)
      const { listed, question } = questionOf(company, text, options)
      const explanation = explain(company, policyOf({ company }), question, listed)
      const lines = [...explanationLines(company, explanation), ...unseen(listed, options)]
      if (options.json) printJson(explanation)
      else print(...lines)
    })
}

/** Nothing is looked at here, so what was not given is not known. */
const unseen = ({ manifest }: ListedCommand, { owner, target, fact }: WhyOptions): string[] =>
  manifest.inspects && owner === undefined && target === undefined && Object.keys(fact).length === 0
    ? ['The runner would look at the target first: say what it would find with --target, --owner and --fact.']
    : []
