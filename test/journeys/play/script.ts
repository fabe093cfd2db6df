/** How somebody says a line: by a client that signs nothing, or by one that signs what its user says. */
export type ClientKind = 'chat' | 'signing'

/** One line of a conversation's file. */
export type Step = { readonly line: number } & (
  | { readonly type: 'room'; readonly room: string }
  | {
      readonly type: 'say'
      readonly person: string
      readonly client: ClientKind
      readonly text: string
      /** Without waiting for what was said before. */
      readonly atOnce: boolean
    }
  | { readonly type: 'hear'; readonly mark: Mark; readonly text: string }
  | { readonly type: 'come'; readonly person: string; readonly client: ClientKind }
  | { readonly type: 'alert'; readonly title: string }
  | { readonly type: 'more' }
  | { readonly type: 'run'; readonly args: readonly string[]; readonly exit: number }
  /** Somebody types into their phone what stands in the room, or `no`. */
  | { readonly type: 'phone'; readonly person: string; readonly answer: string }
  | { readonly type: 'faults'; readonly sandbox: string; readonly faults: readonly (string | number)[] }
  | { readonly type: 'restart' }
  /** Settings of the plugins, as YAML. They stand before all else. */
  | { readonly type: 'plugins'; readonly text: string }
  | { readonly type: 'rules'; readonly file: string; readonly text: string }
  | { readonly type: 'title'; readonly text: string }
)

/** Who hears it: the room as an answer, the room as something else, the speaker alone, who runs a command line. */
export type Mark = '<' | '*' | '~' | '|'

/**
 * Reads a conversation. `README.md` beside the files explains each form. `phone steve> <number>` is Steve, who takes his
 * phone, reads what it asks, and types the number that stands below Foobot's last "Sending push notification…"; a word, or
 * `no`, is typed as it is written. What the phone answers is heard with `~`.
 * @throws Error with file and line where one is in no form
 */
export const readScript = (text: string, file: string): readonly Step[] => {
  const steps: Step[] = []
  let atOnce = false
  for (const [index, written] of text.split('\n').entries()) {
    const line = index + 1
    const trimmed = written.trim()
    if (trimmed === '' || /^#(?!#)/.test(trimmed)) continue
    if (trimmed === '(at once)') {
      atOnce = true
      continue
    }
    const step = stepOf(trimmed, line, atOnce)
    if (!step) throw new Error(`${file}:${line}: I cannot read "${trimmed}"`)
    steps.push(step)
    atOnce = false
  }
  return steps
}

const stepOf = (text: string, line: number, atOnce: boolean): Step | undefined => {
  if (text === '(more)') return { line, type: 'more' }
  const room = /^@([a-z-]+)$/.exec(text)?.[1]
  if (room !== undefined) return { line, type: 'room', room }
  const [, person, client, said] = /^([a-z]+)@(chat|signing)> (.+)$/.exec(text) ?? []
  if (person !== undefined && said !== undefined)
    return { line, type: 'say', person, client: client === 'signing' ? 'signing' : 'chat', text: said, atOnce }
  const [, phone, answer] = /^phone ([a-z]+)> (.+)$/.exec(text) ?? []
  if (phone !== undefined && answer !== undefined) return { line, type: 'phone', person: phone, answer }
  const [, mark, heard] = /^([<*~|]) (.+)$/.exec(text) ?? []
  if (mark !== undefined && heard !== undefined) return { line, type: 'hear', mark: mark as Mark, text: heard }
  const [, exit, command] = /^\$(\d*) foobot (.+)$/.exec(text) ?? []
  if (command !== undefined) return { line, type: 'run', args: wordsOf(command), exit: Number(exit) }
  const [, here, by] = /^\(([a-z]+)@(chat|signing) is here\)$/.exec(text) ?? []
  if (here !== undefined) return { line, type: 'come', person: here, client: by === 'signing' ? 'signing' : 'chat' }
  const alert = /^! alert (.+)$/.exec(text)?.[1]
  if (alert !== undefined) return { line, type: 'alert', title: alert }
  const [, sandbox, faults] = /^! sandbox ([a-z-]+)((?: (?:[45]\d\d|cut|lost|hang|pass))+)$/.exec(text) ?? []
  if (sandbox !== undefined && faults !== undefined)
    return { line, type: 'faults', sandbox, faults: faults.trim().split(' ').map(faultOf) }
  const settings = /^! plugins (.+)$/.exec(text)?.[1]
  if (settings !== undefined) return { line, type: 'plugins', text: settings }
  if (text === '! restart server') return { line, type: 'restart' }
  const [, file, rule] = /^! rules (\S+) (.+)$/.exec(text) ?? []
  if (file !== undefined && rule !== undefined) return { line, type: 'rules', file, text: rule }
  const title = /^## (.+)$/.exec(text)?.[1]
  return title === undefined ? undefined : { line, type: 'title', text: title }
}

const faultOf = (word: string): string | number => (/^\d/.test(word) ? Number(word) : word)

/** Words as a shell takes them apart: at spaces, but not between quotes. */
const wordsOf = (text: string): string[] =>
  [...text.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([word, single, double]) => single ?? double ?? word)
