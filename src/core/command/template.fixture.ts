import fc from 'fast-check'
import { hygiene } from '#core/text/hygiene.ts'
import type { Arguments } from './arguments.ts'
import type { Part, Slot } from './part.ts'
import { isCatchAll, type Step, type Template } from './template.ts'

/** Random templates and arguments, for properties that must hold for all of them. */

const types = [
  '',
  ':text',
  ':word',
  ':int',
  ':number',
  ':date',
  ':duration',
  ':quarter',
  ':person',
  ':group',
  ':url',
  ':next|last',
  ':Free|Pro|now',
]
const type = fc.constantFrom(...types)
const prefix = fc.constantFrom('', '', '', '#', 'role=', 'v:', "it's")
const dashes = [
  '[-dry-run]',
  '-am',
  '[-<window:duration>]',
  '-<quarter:quarter>',
  '[-<segment:word>]',
  '[-size=<size:int>]',
  '-why=<why>',
  '[-<mode:fast|slow>]',
]

/** One well-formed template. Optional parts are such that none takes what a later one means, as `args` then could not be said. */
export const aTemplate: fc.Arbitrary<string> = fc
  .record({
    verbs: fc.constantFrom('go', 'Go-far', 'db migrate', 'a b c'),
    slots: fc.array(fc.tuple(prefix, type), { maxLength: 3 }),
    word: fc.constantFrom([], ['to'], ['for']),
    dashes: fc.subarray(dashes),
    flip: fc.boolean(),
    end: fc.constantFrom(
      [],
      ['[now]'],
      ['[<x:int>]', '[<y:word>]'],
      ['[<x:int> <y:date>]'],
      ['[now]', '[<z>]'],
      ['<z...>'],
      ['<z+>'],
      ['[<z...>]'],
      ['<z:word+>'],
      ['role=<z...>'],
    ),
  })
  .map(({ verbs, slots, word, dashes, flip, end }) => {
    const named = slots.map(([glued, of], index) => `${glued}<${'klm'[index]}${of}>`)
    const middle = flip ? [...dashes, ...named, ...word] : [...named, ...word, ...dashes]
    return [verbs, ...middle, ...end].join(' ')
  })

const hardText = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    fc.string({
      unit: fc.constantFrom('"', '\\', "'", ' ', '-', '–', '—', 'a', 'é', '#', '=', '0', 'ß', '日'),
      minLength: 1,
      maxLength: 8,
    }),
    fc.constantFrom('now', 'to', 'me', '-x', '--', '5', 'role=', 'role=x', '"', '\\"', '" "', 'Q2', '[now]', '<z>'),
  )
  .filter((text) => {
    const clean = hygiene(text)
    return clean.ok && clean.text === text && text !== ''
  })

const valueOfType = (name: string): fc.Arbitrary<string | number> => {
  const day = fc.date({ min: new Date('0100-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  switch (name) {
    case 'text':
      return fc.oneof(
        hardText,
        hardText.map((text) => ` ${text} `),
      )
    case 'word':
      return fc.constantFrom('a', 'now', 'fast', 'dry-run', '30d', 'am', "o'x", 'x\\', '#5', 'role=x', '2015-Q2')
    case 'int':
      return fc.maxSafeInteger().map((value) => value + 0)
    case 'number':
      return fc
        .tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.constantFrom(1, 10, 1000))
        .map(([value, by]) => value / by + 0)
    case 'date':
      return day.map((value) => value.toISOString().slice(0, 10))
    case 'duration':
      return fc
        .tuple(fc.nat(999_999), fc.constantFrom('s', 'm', 'h', 'd', 'w'))
        .map(([count, unit]) => `${count}${unit}`)
    case 'quarter':
      return fc.constantFrom('2015-Q2', '1999-Q4')
    case 'person':
      return fc.constantFrom('jhand', 'mansel', 'a b')
    case 'group':
      return fc.constantFrom('Devs', 'Sales Team')
    case 'url':
      return fc.constantFrom('https://example.com/', 'http://[::1]:8080/a?b=c#d')
    default:
      return fc.constantFrom(...name.split('|'))
  }
}

const valueFor = (slot: Slot): fc.Arbitrary<unknown> => {
  const one = valueOfType(slot.type.name)
  return slot.many === 'list' ? fc.array(one, { minLength: 1, maxLength: 4 }) : one
}

/** Arguments that a line could give: parts that may be missing are there or not, as `when` says. */
export const argumentsFor = (template: Template): fc.Arbitrary<Arguments> =>
  fc.tuple(...template.steps.map(argumentsForStep)).map((all) => Object.assign({}, ...all))

const argumentsForStep = (step: Step): fc.Arbitrary<Record<string, unknown>> => {
  if (step.kind === 'part') return argumentsForParts([step.part])
  if (step.kind === 'optional') return fc.oneof(absent(step.parts), argumentsForParts(step.parts))
  const each = step.options.map(({ part, required }) =>
    required ? argumentsForParts([part]) : fc.oneof(absent([part]), argumentsForParts([part])),
  )
  return fc
    .tuple(...each)
    .map((all): Record<string, unknown> => Object.assign({}, ...all))
    .filter((args) => isSayable(step, args))
}

/** A catch-all word that an absent option with a value would take has no way to be said. */
const isSayable = (step: Step, args: Record<string, unknown>): boolean => {
  if (step.kind !== 'run') return true
  const word = step.options.map(({ part }) => part).find(isCatchAll)
  const value = word && args[word.name]
  return step.options.every(
    ({ part }) =>
      part.kind === 'literal' ||
      part === word ||
      part.name in args ||
      part.prefix !== '-' ||
      !part.type.takes(String(value)),
  )
}

const absent = (parts: readonly Part[]): fc.Arbitrary<Record<string, unknown>> =>
  fc.constant(
    Object.fromEntries(parts.flatMap((part) => (part.kind === 'literal' && part.name ? [[part.name, false]] : []))),
  )

const argumentsForParts = (parts: readonly Part[]): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(
    Object.fromEntries(
      parts.flatMap((part): [string, fc.Arbitrary<unknown>][] => {
        if (part.kind === 'slot') return [[part.name, valueFor(part)]]
        return part.name === undefined ? [] : [[part.name, fc.constant(true)]]
      }),
    ),
  )
