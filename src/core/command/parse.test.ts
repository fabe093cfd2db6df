import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileTemplate } from './compile.ts'
import { parseCanonical, parseText } from './parse.ts'
import { render } from './render.ts'
import { argumentsFor, aTemplate } from './template.fixture.ts'
import type { Template } from './template.ts'

const member = (template: string): Template => compileTemplate({ template, tier: 'member' })
const dangerous = (template: string): Template => compileTemplate({ template, tier: 'dangerous' })

test('what is rendered parses to the same arguments, and is the only way to write them', () => {
  const cases = aTemplate.chain((source) => {
    const template = member(source)
    return fc.record({ template: fc.constant(template), args: argumentsFor(template) })
  })
  fc.assert(
    fc.property(cases, ({ template, args }) => {
      const text = render(template, args)
      expect(parseText(template, text)).toEqual(args)
      expect(parseCanonical(template, text)).toEqual(args)
    }),
    { numRuns: 600 },
  )
})

test('the same holds from dangerous up, where every command takes a reason', () => {
  const cases = aTemplate.chain((source) => {
    const template = dangerous(source)
    return fc.record({ template: fc.constant(template), args: argumentsFor(template) })
  })
  fc.assert(
    fc.property(cases, ({ template, args }) => {
      expect(parseCanonical(template, render(template, args))).toEqual(args)
    }),
    { numRuns: 300 },
  )
})

test('no other text than the rendered one is canonical', () => {
  const cases = aTemplate.chain((source) => {
    const template = member(source)
    return fc.record({
      template: fc.constant(template),
      args: argumentsFor(template),
      at: fc.nat(),
      put: fc.constantFrom(' ', '"', '-', 'A', '\\', '#', '\u200b'),
    })
  })
  fc.assert(
    fc.property(cases, ({ template, args, at, put }) => {
      const text = render(template, args)
      const changed = text.slice(0, at % (text.length + 1)) + put + text.slice(at % (text.length + 1))
      const read = attempt(() => parseCanonical(template, changed))
      if (read !== undefined) expect(render(template, read)).toBe(changed)
      if (read !== undefined) expect(read).not.toEqual(args)
    }),
    { numRuns: 600 },
  )
})

const attempt = <T>(run: () => T): T | undefined => {
  try {
    return run()
  } catch {
    return undefined
  }
}

describe('canonical text', () => {
  test.each([
    ['commit -am <message...>', 'commit -am bug (5563) fixed', { message: 'bug (5563) fixed' }],
    ['commit -am <message...>', 'commit -am it is "done"', { message: 'it is "done"' }],
    ['commit -am <message...>', 'commit -am "\\"done\\""', { message: '"done"' }],
    ['commit -am <message...>', 'commit -am "a -b"', { message: 'a -b' }],
    ['commit -am <message...>', 'commit -am fix - it', { message: 'fix - it' }],
    ['upgrade <customer> to <plan:Free|Pro>', 'upgrade "Acme Ops" to Pro', { customer: 'Acme Ops', plan: 'Pro' }],
    ['upgrade <customer> to <plan:Free|Pro>', "upgrade O'Neil to Free", { customer: "O'Neil", plan: 'Free' }],
    ['upgrade <customer> to <plan:Free|Pro>', 'upgrade C:\\x to Free', { customer: 'C:\\x', plan: 'Free' }],
    ['upgrade <customer> to <plan:Free|Pro>', 'upgrade "-x" to Free', { customer: '-x', plan: 'Free' }],
    ['rebuild <server:word> role=<role>', 'rebuild svr-1827 role="web app"', { server: 'svr-1827', role: 'web app' }],
    ['say <what> [now]', 'say now now', { what: 'now', now: true }],
    ['say [now] [<what>]', 'say "now"', { now: false, what: 'now' }],
    ['add <names+>', 'add a "b c" d', { names: ['a', 'b c', 'd'] }],
    ['set <n:int>', 'set "-5"', { n: -5 }],
    ['list [-<age:duration>] [-<label:word>]', 'list -30d', { age: '30d' }],
    ['list [-<age:duration>] [-<label:word>]', 'list -30d -x', { age: '30d', label: 'x' }],
    ['tell [-<label:word>] -<who:me|all>', 'tell -x -me', { label: 'x', who: 'me' }],
    ['tell [-<label:word>] -<who:me|all>', 'tell -all -me', { label: 'me', who: 'all' }],
    ['run <what:word> [-dry-run] [-<label:word>]', 'run x -"dry-run"', { what: 'x', dryRun: false, label: 'dry-run' }],
  ])('%s: %s', (source, text, args) => {
    expect(render(member(source), args)).toBe(text)
    expect(parseCanonical(member(source), text)).toEqual(args)
  })

  test.each([
    ['lead-count -<quarter:quarter>', 'lead-count -Q2'],
    ['lead-count [-<quarter:quarter>] [-<segment:word>]', 'lead-count -Q2'],
    ['extend <until:date>', 'extend 05/31/15'],
    ['extend <until:date>', 'extend today'],
    ['mustache-me <who:person...>', 'mustache-me me'],
    ['ack #<incident:int>', 'ack 8689'],
    ['ack #<incident:int>', 'ack #08689'],
    ['push', 'Push'],
    ['push', 'push '],
    ['push', 'push  x'],
    ['run [-dry-run]', 'run --dry-run'],
    ['run [-dry-run]', 'run —dry-run'],
    ['commit -am <message...>', 'commit -am "done"'],
    ['upgrade <customer>', 'upgrade "Acme"'],
    ['upgrade <customer>', 'upgrade “Acme Ops”'],
    ['upgrade <customer>', 'upgrade A\u200bcme'],
    ['upgrade <customer>', 'upgrade'],
    ['upgrade <customer>', 'upgrade a b'],
    ['upgrade <customer>', 'upgrade "a b'],
    ['open <page:url>', 'open HTTP://example.com'],
  ])('of %s is not: %s', (source, text) => {
    expect(() => parseCanonical(member(source), text)).toThrow(expect.objectContaining({ code: 'text-not-canonical' }))
  })
})

test('render refuses what no line could say', () => {
  const template = member('upgrade <customer> to <plan:Free|Pro>')
  for (const args of [
    {},
    { customer: 'a' },
    { customer: 'a', plan: 'Gold' },
    { customer: 'a', plan: 'free' },
    { customer: '', plan: 'Free' },
    { customer: 5, plan: 'Free' },
    { customer: ['a'], plan: 'Free' },
    { customer: 'a', plan: 'Free', more: 'x' },
  ]) {
    expect(() => render(template, args)).toThrow(expect.objectContaining({ code: 'arguments-malformed' }))
  }
})

test('a reason stands with the options, before what takes the rest', () => {
  const args = { which: 'x', reason: 'the disk broke' }
  expect(render(dangerous('rebuild <which:word>'), args)).toBe('rebuild x -reason="the disk broke"')
  expect(render(dangerous('rebuild <which...>'), args)).toBe('rebuild -reason="the disk broke" x')
  expect(render(dangerous('rebuild [-dry-run] <which...>'), args)).toBe('rebuild -reason="the disk broke" x')
  expect(() => render(member('rebuild <which...>'), args)).toThrow('there is no <reason>')
})
