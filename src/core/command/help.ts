import { compileTemplate } from './compile.ts'
import type { Described } from './described.ts'
import { lower } from './types/values.ts'
import { explainSlots, usageOf } from './usage.ts'

/**
 * The commands that somebody may say, by plugin, Foobot's own last.
 * @param entries only what the speaker may ever run
 * @param name Foobot's name
 */
export const helpOf = (entries: readonly Described[], name: string): string => {
  const headings = [...new Set(entries.map(headingOf))].sort(byHeading)
  const sections = headings.map((heading) => {
    const lines = entries
      .filter((entry) => headingOf(entry) === heading)
      .sort(byCommand)
      .map(lineOf)
    return [heading ?? name, ...lines].join('\n')
  })
  return [`You may say these, after "${name}". "${name} help COMMAND" explains one.`, ...sections].join('\n\n')
}

/**
 * How to say one command, or those whose names begin with what is asked for.
 * @param entries only what the speaker may ever run
 */
export const helpOn = (entries: readonly Described[], what: string, name: string): string => {
  const asked = lower(what)
  const exact = entries.find(({ command }) => lower(command) === asked)
  if (exact) return explain(exact, name)
  const begun = entries.filter(({ command, plugin }) => lower(command).startsWith(`${asked} `) || plugin === asked)
  const [only] = begun
  if (only && begun.length === 1) return explain(only, name)
  if (only) return [...begun].sort(byCommand).map(lineOf).join('\n')
  return `I do not know that command, or it is not yours here. "${name} help" lists what you may run.`
}

const explain = (entry: Described, name: string): string => {
  const template = compileTemplate(entry)
  const example = entry.example === undefined ? [] : [`Example: ${name} ${entry.example}`]
  const slots = explainSlots(template).map((line) => `  ${line}`)
  return [`${name} ${usageOf(template)}`, entry.summary, ...slots, `Tier: ${entry.tier}`, ...example].join('\n')
}

const headingOf = ({ plugin }: Described): string | undefined => plugin

const byHeading = (a: string | undefined, b: string | undefined): number =>
  Number(a === undefined) - Number(b === undefined) || (a ?? '').localeCompare(b ?? '', 'en')

const byCommand = (a: Described, b: Described): number => a.command.localeCompare(b.command, 'en')

const lineOf = (entry: Described): string => `  ${usageOf(compileTemplate(entry))}: ${entry.summary}`
