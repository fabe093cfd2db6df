import { describe, expect, test } from 'vitest'
import { addressed } from '#core/text/address.ts'
import { hygiene } from '#core/text/hygiene.ts'
import type { Tier } from '#core/tier.ts'
import { commandSet } from './command-set.ts'
import { compileTemplate } from './compile.ts'
import type { Described } from './described.ts'
import { parseCanonical } from './parse.ts'
import { directoryOf, type Speaking } from './speaking.ts'
import { understand, understandAnswer } from './understand.ts'

/** The talk that started Foobot: every template of its slides, and every line that somebody says on them. */

const idea = "You've got an idea, eh? Tell me more, starting w/ Customer name"

const templates: readonly [template: string, tier?: Tier, own?: true][] = [
  ['build <build:word>'],
  ['platform install <build:word>'],
  ['commit -am <message...>'],
  ['push'],
  ['ack #<incident:int>'],
  ['graph-me [-<window:duration>] <target...>'],
  ['extend trial <customer> <until:date>'],
  ['last-ticket <customer...>'],
  ['feature-request <customer> <wish...>'],
  ['BrightTalk-reg headcount -<which:next|last>'],
  ['Promote webinar -<which:next|last>'],
  ['lead-count -<quarter:quarter> [-<segment:word>]'],
  ['campaign-count -<quarter:quarter> -<rank:highest|lowest>'],
  ['PingTrello -<who:me|everyone> -<label:word>'],
  ['Paid-Users <customer...>'],
  ['Late-Invoices [-<age:duration>]'],
  ['mustache-me <who:person...>', 'open'],
  ['upgrade <customer> to <plan:Free|Pro|Enterprise>', 'sensitive'],
  ['rebuild <server:word> role=<role:word>', 'dangerous'],
  ['db migrate <environment:word> <branch:word> [-dry-run]', 'sensitive'],
  ['auth me [<method:push|totp>] [<code:word>]', 'open', true],
  ['approve <which:word>', 'open', true],
  ['deny <which:word> [<reason...>]', 'open', true],
]

const entries = templates.map(
  ([template, tier = 'member', own]): Described => ({
    command: compileTemplate({ template, tier }).command,
    template,
    tier,
    summary: template,
    ...(template.startsWith('feature-request') && { ask: { customer: idea } }),
    ...(own && { own }),
  }),
)
const set = commandSet(entries)

const speaking: Speaking = {
  now: Date.parse('2015-06-25T18:03:00Z'),
  zone: 'America/Denver',
  dateOrder: 'month-first',
  me: 'jhand',
  directory: directoryOf(
    [
      { id: 'jhand', name: 'Jason Hand' },
      { id: 'mansel', name: 'Michael Ansel' },
    ],
    ['Devs', 'Ops'],
  ),
}

const heard = (line: string) => {
  const clean = hygiene(line)
  const rest = clean.ok ? addressed(clean.text, 'Foobot', false) : undefined
  return rest === undefined ? undefined : understand(set, rest, speaking, () => true)
}

describe('what people say on the slides', () => {
  test.each([
    ['Foobot build commit-1248994', 'build commit-1248994', { build: 'commit-1248994' }],
    ['Foobot platform install commit-1248994', 'platform install commit-1248994', { build: 'commit-1248994' }],
    ['Foobot commit -am "bug (5563) fixed"', 'commit -am bug (5563) fixed', { message: 'bug (5563) fixed' }],
    ['Foobot commit —am “bug (5563) fixed”', 'commit -am bug (5563) fixed', { message: 'bug (5563) fixed' }],
    ['Foobot push', 'push', {}],
    ['foobot ack #8689', 'ack #8689', { incident: 8689 }],
    ['foobot ack 8689', 'ack #8689', { incident: 8689 }],
    [
      'Foobot graph-me -1h collectd.load(prod1)',
      'graph-me -1h collectd.load(prod1)',
      { window: '1h', target: 'collectd.load(prod1)' },
    ],
    ['Foobot graph-me collectd.load(prod1)', 'graph-me collectd.load(prod1)', { target: 'collectd.load(prod1)' }],
    [
      'Foobot extend trial AcmeOps 05/31/15',
      'extend trial AcmeOps 2015-05-31',
      { customer: 'AcmeOps', until: '2015-05-31' },
    ],
    ['Foobot last-ticket Rackspace', 'last-ticket Rackspace', { customer: 'Rackspace' }],
    ['Foobot BrightTalk-reg headcount -next', 'BrightTalk-reg headcount -next', { which: 'next' }],
    ['Foobot brighttalk-REG headcount --Next', 'BrightTalk-reg headcount -next', { which: 'next' }],
    ['Foobot Promote webinar -next', 'Promote webinar -next', { which: 'next' }],
    ['Foobot lead-count -2015-Q2 -all', 'lead-count -2015-Q2 -all', { quarter: '2015-Q2', segment: 'all' }],
    ['Foobot lead-count -all -q2', 'lead-count -2015-Q2 -all', { quarter: '2015-Q2', segment: 'all' }],
    ['Foobot campaign-count -Q2 -highest', 'campaign-count -2015-Q2 -highest', { quarter: '2015-Q2', rank: 'highest' }],
    ['Foobot PingTrello -me -blog', 'PingTrello -me -blog', { who: 'me', label: 'blog' }],
    ['Foobot Paid-Users AcmeOps', 'Paid-Users AcmeOps', { customer: 'AcmeOps' }],
    ['Foobot Late-Invoices -30d', 'Late-Invoices -30d', { age: '30d' }],
    ['Foobot mustache-me Michael Ansel', 'mustache-me mansel', { who: 'mansel' }],
    ['Foobot mustache-me me', 'mustache-me jhand', { who: 'jhand' }],
    ['Foobot upgrade AcmeOps to Pro', 'upgrade AcmeOps to Pro', { customer: 'AcmeOps', plan: 'Pro' }],
    ['Foobot auth me push', 'auth me push', { method: 'push' }],
    ['Foobot auth me 123456', 'auth me 123456', { code: '123456' }],
    ['Foobot auth me totp 7F3A-92C1', 'auth me totp 7F3A-92C1', { method: 'totp', code: '7F3A-92C1' }],
    ['Foobot rebuild svr-1827 role=web', 'rebuild svr-1827 role=web', { server: 'svr-1827', role: 'web' }],
    [
      'Foobot rebuild svr-1827 role=web —reason="the disk broke"',
      'rebuild svr-1827 role=web -reason="the disk broke"',
      { server: 'svr-1827', role: 'web', reason: 'the disk broke' },
    ],
    ['Foobot approve slick', 'approve slick', { which: 'slick' }],
    [
      'Foobot deny slick not during the sale',
      'deny slick not during the sale',
      { which: 'slick', reason: 'not during the sale' },
    ],
    [
      'Foobot db migrate prod new-stuff',
      'db migrate prod new-stuff',
      { environment: 'prod', branch: 'new-stuff', dryRun: false },
    ],
    [
      'Foobot db migrate prod new-stuff —dry-run',
      'db migrate prod new-stuff -dry-run',
      { environment: 'prod', branch: 'new-stuff', dryRun: true },
    ],
  ])('%s', (line, text, args) => {
    const found = heard(line)
    expect(found).toMatchObject({ kind: 'command', text })
    expect(found?.kind === 'command' && found.args).toEqual(args)
    if (found?.kind === 'command') expect(parseCanonical(compileTemplate(found.entry), text)).toEqual(args)
  })

  test('an idea is asked for once, and the answer fills both places', () => {
    const asked = heard('Foobot feature-request')
    expect(asked).toMatchObject({ kind: 'missing', slots: ['customer', 'wish'], ask: idea, text: 'feature-request' })
    const answer = 'EpicGames wants to customize timeline fonts'
    expect(understandAnswer(set, 'feature-request', answer, speaking, () => true)).toMatchObject({
      kind: 'command',
      args: { customer: 'EpicGames', wish: 'wants to customize timeline fonts' },
      text: 'feature-request EpicGames wants to customize timeline fonts',
    })
  })

  test.each(['Foobot', 'foobot:', 'FOOBOT, hello'])('%s is no command', (line) => {
    expect(heard(line)).toEqual({ kind: 'nothing' })
  })

  test.each(['CRITICAL-incident #8689', 'Foobotics push', "Foobot's push", 'push'])('%s is not for us', (line) => {
    expect(heard(line)).toBeUndefined()
  })
})
