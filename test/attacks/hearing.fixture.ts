import { commandSet } from '#core/command/command-set.ts'
import { parseCanonical } from '#core/command/parse.ts'
import { directoryOf, type Speaking } from '#core/command/speaking.ts'
import { templateOf } from '#core/command/template.ts'
import { type Understanding, understand } from '#core/command/understand.ts'
import { addressed } from '#core/text/address.ts'
import { hygiene } from '#core/text/hygiene.ts'
import type { Tier } from '#core/tier.ts'

/** What an attacker's line comes to before anybody is asked whether it may run. */

const entry = (command: string, template: string, tier: Tier) => ({ command, template, tier, summary: command })

export const entries = [
  entry('deploy', 'deploy <service:word> [-dry-run]', 'dangerous'),
  entry('restart', 'restart <server:word>', 'dangerous'),
  entry('commit', 'commit -am <message...>', 'member'),
  entry('upgrade', 'upgrade <customer> to <plan:Free|Pro>', 'sensitive'),
]

export const commands = commandSet(entries)

export const speaking: Speaking = {
  now: Date.parse('2015-06-25T18:03:00Z'),
  zone: 'UTC',
  dateOrder: 'month-first',
  me: 'steve',
  directory: directoryOf([{ id: 'steve', name: 'Steve' }], []),
}

export type Heard =
  | Understanding<(typeof entries)[number]>
  | { readonly kind: 'not for us' }
  | { readonly kind: 'refused'; readonly say: string }

/** A raw message, as a platform hands it over. */
export const hear = (raw: string): Heard => {
  const rest = addressed(raw, 'Foobot', false)
  if (rest === undefined) return { kind: 'not for us' }
  const clean = hygiene(rest)
  return clean.ok ? understand(commands, clean.text, speaking, () => true) : { kind: 'refused', say: clean.say }
}

/** The arguments that a runner reads out of a statement's text; throws where the text is not canonical. */
export const runnerReads = (command: string, text: string) => {
  const found = entries.find((one) => one.command === command)
  if (!found) throw new Error(`no ${command}`)
  const { template, tier, summary } = found
  const manifest = {
    plugin: 'p',
    command,
    template,
    tier,
    summary,
    inspects: false,
    exclusive: false,
    cancellable: false,
    timeLimit: 60,
  }
  return parseCanonical(templateOf({ runner: 'r', tier, manifest }), text)
}
