import { type Policy, policyOf } from '../src/core/policy/decide.ts'
import type { Question } from '../src/core/policy/decision.ts'
import { bundleOf, people } from './company.ts'
import { type Case, measure, use } from './measure.ts'
import { figures, growth, named, question, remark, table, time } from './table.ts'

question('What does a decision cost, kept and anew?')

const everybody = 'permit (principal in Group::"Everybody", action, resource);'
/** Reads an argument of many values, so that hardly an answer is asked for twice. */
const reading =
  'forbid (principal, action, resource) when { context.args has target && context.args.target == "evil" };'

const counts = [10, 1000, 10_000]
const cases: Case[] = []
const policies: { readonly name: string; readonly policy: Policy }[] = []
const firsts: string[] = []

/** One decision about command number `i`; `number` is in its argument. */
const decider = (commands: number, texts: readonly string[]) => {
  const bundle = bundleOf(commands, texts)
  const policy = policyOf(bundle)
  const decide = (i: number, number: number): void => {
    const listed = bundle.company.commands[i % commands]
    if (!listed) throw new Error('no such command')
    const asked: Question = {
      requester: people[i % people.length] ?? '',
      command: listed.manifest.command,
      args: { target: `target-${number}` },
      resource: { type: 'System', id: listed.manifest.plugin, facts: {} },
      room: 'room',
      platform: 'native',
    }
    const decision = policy.decide(asked, listed)
    if (decision.outcome !== 'allow') throw new Error(`not allowed: ${JSON.stringify(decision)}`)
    use(decision)
  }
  return { policy, decide }
}

for (const commands of counts) {
  const kept = decider(commands, [everybody])
  const start = process.hrtime.bigint()
  for (let i = 0; i < commands; i += 1) kept.decide(i, 0)
  firsts.push(`${time(Number(process.hrtime.bigint() - start) / commands)} of ${commands}`)
  let next = 0
  cases.push({
    name: `kept, ${commands} commands`,
    run: (times) => {
      for (let i = 0; i < times; i += 1) kept.decide(next++, next)
    },
  })
  const anew = decider(commands, [everybody, reading])
  for (let i = 0; i < commands; i += 1) anew.decide(i, -1)
  let other = 0
  cases.push({
    name: `anew, ${commands} commands`,
    run: (times) => {
      for (let i = 0; i < times; i += 1) anew.decide(other++, other)
    },
  })
  policies.push(
    { name: `of the group alone, ${commands} commands`, policy: kept.policy },
    { name: `of an argument too, ${commands} commands`, policy: anew.policy },
  )
}
const answers = new Map(Array.from({ length: 1000 }, (_, i) => [JSON.stringify(['member', `system ${i}`, ['E']]), i]))
const floor = 'floor: a key as JSON, found in a Map'
cases.push({
  name: floor,
  run: (times) => {
    for (let i = 0; i < times; i += 1) use(answers.get(JSON.stringify(['member', `system ${i % 1000}`, ['E']])))
  },
})

const all = await measure(cases)
figures(all, named(all, floor))
remark('')
for (const what of ['kept', 'anew']) {
  growth(
    `a decision ${what}, from 10 to 10,000 commands`,
    named(all, `${what}, 10 commands`),
    named(all, `${what}, 10000 commands`),
  )
}
remark(`The first decision about a command, which makes its rules ready: ${firsts.join(', ')} commands.`)
const dearer = named(all, 'anew, 1000 commands').median / named(all, 'kept, 1000 commands').median
remark(`With 1,000 commands a decision made anew costs ${dearer.toFixed(0)} times a kept one.\n`)
table(
  ['policies that read', 'asked', 'missed'],
  policies.map(
    ({
      name,
      policy: {
        counts: { asked, missed },
      },
    }) => [name, `${asked}`, `${((100 * missed) / asked).toFixed(1)} %`],
  ),
)
