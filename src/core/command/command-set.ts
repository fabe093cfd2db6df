import { FoobotError } from '#core/errors.ts'
import { compileTemplate } from './compile.ts'
import { type Described, reservedWords } from './described.ts'
import { type Near, nearIndex } from './near.ts'
import { overlaps } from './overlap.ts'
import type { Template } from './template.ts'
import { lower } from './types/values.ts'
import { nextWord, wordEnd } from './words.ts'

/** A command with its template read. */
export type Compiled<E> = { readonly entry: E; readonly template: Template }

/** Some commands, made ready once: looking one up costs what the line costs, however many there are. */
export type CommandSet<E extends Described> = {
  readonly all: readonly Compiled<E>[]
  /** Commands whose whole name begins the line, the longest first. */
  readonly onLine: (line: string) => readonly Compiled<E>[]
  /** Names that were perhaps meant, of those that `mayEver` allows; at most three. */
  readonly near: Near
}

type Node<E> = { readonly children: Map<string, Node<E>>; command?: Compiled<E> }

/**
 * Makes a set of commands ready.
 * @throws FoobotError `template-malformed`; `command-name-taken` where a name is reserved, stands twice or is not its
 * template's; `template-overlap` where one complete line would fit two commands
 */
export const commandSet = <E extends Described>(entries: readonly E[]): CommandSet<E> => {
  const root: Node<E> = { children: new Map() }
  const all = entries.map((entry): Compiled<E> => ({ entry, template: compileTemplate(entry) }))
  for (const command of all) {
    checkName(command)
    insert(root, command)
  }
  for (const command of all) checkOverlap(command, onLine(root, command.template.command))
  return { all, onLine: (line) => onLine(root, line), near: nearIndex(all.map(({ entry }) => entry.command)) }
}

const onLine = <E>(root: Node<E>, line: string): Compiled<E>[] => {
  const found: Compiled<E>[] = []
  let at = nextWord(line, 0)
  let node: Node<E> | undefined = root
  while (at < line.length) {
    const end = wordEnd(line, at)
    node = node.children.get(lower(line.slice(at, end)))
    if (!node) return found
    if (node.command) found.unshift(node.command)
    at = nextWord(line, end)
  }
  return found
}

const insert = <E extends Described>(root: Node<E>, command: Compiled<E>): void => {
  let node = root
  for (const word of command.template.path) {
    const next = node.children.get(lower(word)) ?? { children: new Map() }
    node.children.set(lower(word), next)
    node = next
  }
  if (node.command) throw nameTaken(`two commands are called "${command.entry.command}"`)
  node.command = command
}

const checkName = ({ entry, template }: Compiled<Described>): void => {
  const { command, own } = entry
  if (command !== template.command) throw nameTaken(`"${command}" is not the name in its template "${entry.template}"`)
  const [first = ''] = template.path
  if (own === undefined && reservedWords.includes(lower(first))) {
    throw nameTaken(`"${first}" begins one of Foobot's own commands: "${command}" needs another first word`)
  }
}

/** Only a command whose name begins this one's can take its lines. */
const checkOverlap = (command: Compiled<Described>, others: readonly Compiled<Described>[]): void => {
  for (const other of others) {
    if (other === command || !overlaps(command.template.steps, other.template.steps)) continue
    const say = `One line could mean two commands: "${other.entry.template}" and "${command.entry.template}". Change a template.`
    throw new FoobotError('template-overlap', say, say)
  }
}

const nameTaken = (why: string): FoobotError => new FoobotError('command-name-taken', why, `${why}.`)
