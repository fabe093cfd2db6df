import type { CommandSet } from './command-set.ts'
import type { Described } from './described.ts'
import { match } from './match.ts'
import type { Part } from './part.ts'
import type { Step } from './template.ts'
import { lower } from './types/values.ts'

const most = 20

/**
 * Lines that a line begun may become, of the commands that are allowed: names, then literals and listed values at the
 * place of the last word. Looks at all commands once.
 * @param line without Foobot's name; a space at its end begins a new word
 */
export const completions = <E extends Described>(
  set: CommandSet<E>,
  line: string,
  mayEver: (command: string) => boolean,
): string[] => {
  const begun = lower(line)
  const names = set.all
    .map(({ entry }) => entry.command)
    .filter((command) => lower(command).startsWith(begun) && mayEver(command))
  const head = line.slice(0, line.lastIndexOf(' ') + 1)
  const words = set
    .onLine(head)
    .filter(({ entry }) => mayEver(entry.command))
    .flatMap(({ template }) => nextParts(template.steps, head).flatMap(wordsOf))
    .map((word) => head + word)
    .filter((text) => lower(text).startsWith(begun) && text.length > line.length)
  return [...new Set([...names.filter((name) => name.length > line.length), ...words])].sort().slice(0, most)
}

/** The parts that the next word could be. */
const nextParts = (steps: readonly Step[], head: string): Part[] => {
  const { given, problem } = match(steps, head)
  if (problem !== undefined) return []
  const parts: Part[] = []
  for (const step of steps) {
    if (step.kind === 'run') parts.push(...step.options.map(({ part }) => part).filter((part) => !given.has(part)))
    else {
      const [first] = step.kind === 'part' ? [step.part] : step.parts
      if (first && !given.has(first)) parts.push(first)
      if (first && !given.has(first) && step.kind === 'part') return parts
      if (first && given.has(first)) parts.length = 0
    }
  }
  return parts
}

const wordsOf = (part: Part): string[] => {
  if (part.kind === 'literal') return [part.text]
  const { values = [] } = part.type
  return values.length > 0 ? values.map((value) => part.prefix + value) : part.prefix === '' ? [] : [part.prefix]
}
