import { join } from 'node:path'
import type { Command } from 'commander'
import { bundleVersions, readBundle } from '#config/bundle-folder.ts'
import { readCompany } from '#config/company.ts'
import type { Company } from '#core/bundle/company.ts'
import { runnersIn } from './bundle/propose.ts'
import { checkBundle, checkDraft } from './doctor/bundle.ts'
import { checkDemoKeys } from './doctor/demo-keys.ts'
import { checkDesks } from './doctor/desk.ts'
import type { Check, Finding, Level, Subject } from './doctor/finding.ts'
import { checkLog } from './doctor/log.ts'
import { checkMachine } from './doctor/machine.ts'
import { checkPermissions } from './doctor/permissions.ts'
import { checkSeparation } from './doctor/separation.ts'
import { checkProxy, checkServer } from './doctor/server.ts'
import { checkSoftSpots } from './doctor/soft-spots.ts'
import { exits, explain, guarded } from './failure.ts'
import { print, printJson, width } from './tell.ts'
import { inOneLine } from './terminal/clean.ts'
import type { Line, Style } from './terminal/paint.ts'
import { padEnd, widthOf, wrap } from './terminal/wrap.ts'
import { dataOption, serverOption } from './where.ts'

type Options = {
  readonly data: string
  readonly config?: string
  readonly server: string
  readonly runner?: readonly string[]
  readonly json?: true
}

/** What is looked at, in this order, under the name that a look that breaks off goes by. */
const checks: readonly (readonly [about: string, check: Check])[] = [
  ['machine', checkMachine],
  ['server', checkServer],
  ['proxy', checkProxy],
  ['bundle', checkBundle],
  ['draft', checkDraft],
  ['log', checkLog],
  ['permissions', checkPermissions],
  ['keys', checkDemoKeys],
  ['users', checkSeparation],
  ['desk', checkDesks],
  ['soft spots', checkSoftSpots],
]

/** `foobot doctor`: what is not as it should be, and what to do. */
export const addDoctor = (program: Command): void => {
  program
    .command('doctor')
    .summary('say what is not as it should be, and what to do')
    .description(
      'Looks at machine, server, clocks, bundle, log, keys, permissions, at parts that share a user or machine, and at what desks serve. Changes nothing.',
    )
    .addOption(dataOption('the server’s data folder'))
    .option('--config <dir>', 'the company’s folder; else <data>/company')
    .addOption(serverOption())
    .option('--runner <file...>', 'configuration of this machine’s runners; else <data>/runners/*/runner.yaml')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing fails, else 1.\n\nExamples:\n  foobot doctor\n  foobot doctor --data /var/lib/foobot --runner /etc/foobot/runners/delivery/runner.yaml',
    )
    .action(
      guarded(async ({ data, config = join(data, 'company'), server, runner, json }: Options) => {
        const runners = runner ?? runnersIn(data)
        const findings = await look({ data, config, server, runners, now: Date.now(), company: companyOf(data) })
        const healthy = findings.every(({ level }) => level !== 'fail')
        if (json) printJson({ healthy, findings })
        else printFindings(findings)
        return healthy ? exits.done : exits.broken
      }),
    )
}

const look = async (subject: Subject): Promise<readonly Finding[]> => {
  const findings: Finding[] = []
  for (const [about, check] of checks) {
    try {
      findings.push(...(await check(subject)))
    } catch (error) {
      findings.push({ about, level: 'fail', say: explain(error).line.replaceAll('\n', ' ') })
    }
  }
  return findings
}

/** Undefined where there is none that can be read: the look at the bundle says why. */
const companyOf = (data: string): Company | undefined => {
  const version = bundleVersions(data).at(-1)
  try {
    return version === undefined ? undefined : readCompany(readBundle(data, version).files)
  } catch {
    return undefined
  }
}

const signs: Readonly<Record<Level, { readonly text: string; readonly style: Style }>> = {
  ok: { text: 'ok  ', style: 'green' },
  warn: { text: 'warn', style: 'yellow' },
  fail: { text: 'FAIL', style: 'red' },
}

const printFindings = (findings: readonly Finding[]): void => {
  const names = Math.max(...findings.map(({ about }) => widthOf(about)))
  print(...findings.flatMap((finding) => linesOf(finding, names, width())), '', summary(findings))
}

/** One line; on a terminal that is narrower, its rest stands under its beginning. */
const linesOf = ({ about, level, say }: Finding, names: number, width: number): Line[] =>
  wrap(inOneLine(say), Math.max(20, width - names - 8)).map((text, index): Line => {
    if (index > 0) return [{ text: ' '.repeat(names + 8) }, { text }]
    return [signs[level], { text: `  ${padEnd(about, names)}  `, style: 'bold' }, { text }]
  })

const summary = (findings: readonly Finding[]): string => {
  const [failed, warned] = (['fail', 'warn'] as const).map(
    (wanted) => findings.filter(({ level }) => level === wanted).length,
  )
  if (!failed) return warned ? `Nothing fails; ${warned} to look at.` : 'All is well.'
  return `${failed} to mend${warned ? `, ${warned} to look at` : ''}.`
}
