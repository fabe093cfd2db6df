/** Short ways to say a target, each with what it stands for: `collectd.load(<host>)` is `collectd.<host>.load`. */
export type ShortTargets = readonly (readonly [short: RegExp, long: string])[]

/** What may stand for `<host>`: a name or a pattern, never the end of a call or of a quoted text. */
const slot = '[^\\s()"\'\\\\,]+'

/** @throws where a long form names a slot that the short one has not */
export const shortTargets = (configured: Readonly<Record<string, string>>): ShortTargets =>
  Object.entries(configured).map(([short, long]) => {
    const names = [...short.matchAll(/<(\w+)>/g)].map(([, name]) => name)
    const stranger = [...long.matchAll(/<(\w+)>/g)].map(([, name]) => name).find((name) => !names.includes(name))
    if (stranger !== undefined) throw new Error(`"${short}" has no <${stranger}>, which "${long}" needs`)
    const pattern = short
      .split(/(<\w+>)/)
      .map((part) => (/^<\w+>$/.test(part) ? `(?<${part.slice(1, -1)}>${slot})` : RegExp.escape(part)))
      .join('')
    // Whole, wherever it stands: alone, or as an argument of a function.
    return [new RegExp(`(?<=^|[\\s(,])${pattern}(?=$|[\\s),])`, 'g'), long]
  })

/** Writes every short target out. */
export const inFull = (target: string, short: ShortTargets): string =>
  short.reduce(
    (text, [pattern, long]) =>
      text.replace(pattern, (...found) => {
        const names: Readonly<Record<string, string>> = found.at(-1)
        return long.replace(/<(\w+)>/g, (_, name: string) => names[name] ?? '')
      }),
    target,
  )

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/**
 * Takes a line of targets apart at what stands between them, outside brackets and quotes.
 * @throws with a sentence where a bracket or a quote does not close: such a target would only look unknown
 */
export const targetsOf = (line: string, between: RegExp): readonly string[] => {
  const targets: string[] = []
  const open: string[] = []
  let [quote, target] = ['', '']
  for (const character of line) {
    if (quote !== '') {
      if (character === quote) quote = ''
    } else if (character === '"' || character === "'") {
      quote = character
    } else if (closing[character] !== undefined) {
      open.push(closing[character])
    } else if (character === open.at(-1)) {
      open.pop()
    } else if (Object.values(closing).includes(character)) {
      throw new Error(`"${line}" has a ${character} too many: look at its brackets.`)
    } else if (open.length === 0 && between.test(character)) {
      targets.push(target)
      target = ''
      continue
    }
    target += character
  }
  const missing = quote === '' ? open.at(-1) : quote
  if (missing !== undefined) throw new Error(`"${line}" is not whole: a ${missing} is missing.`)
  return [...targets, target].map((one) => one.trim()).filter((one) => one !== '')
}
