import { expect, test } from 'vitest'
import { prepare, readPolicy } from './cedar.ts'
import { splitPolicies } from './cedar-text.ts'

const asking = (id = 'a1') => ({
  principal: { type: 'Person', id: '-' },
  action: { type: 'Action', id },
  resource: { type: 'System', id: 'tools' },
  context: {},
  entities: [],
})

test('policies are numbered in the order of their file, past ten too', () => {
  const file = Array.from({ length: 23 }, (_, n) => `permit (principal, action == Action::"a${n + 1}", resource);`)
  const split = splitPolicies('ops.cedar', `// of operators\n${file.join('\n')}`)
  expect([...split]).toEqual(file.map((text, n) => [`ops.cedar#${n + 1}`, text]))
})

test('a file that does not parse, or holds a template, is refused with its place', () => {
  expect(() => splitPolicies('ops.cedar', '\n\npermit (principal, action')).toThrow(
    /ops\.cedar: line 3: unexpected end/,
  )
  expect(() => splitPolicies('ops.cedar', 'permit (principal == ?principal, action, resource);')).toThrow(
    /write out whom/,
  )
  expect(splitPolicies('empty.cedar', '').size).toBe(0)
})

test('a policy is known by its place, whatever @id it claims', () => {
  const ask = prepare([{ id: 'ops.cedar#1', text: '@id("other") permit (principal, action, resource);' }])
  expect(ask(asking())).toEqual({ allowed: true, reason: ['ops.cedar#1'] })
})

test('a denial names every forbid that matched', () => {
  const forbid = (id: string, action: string) => ({
    id,
    text: `forbid (principal, action == Action::"${action}", resource);`,
  })
  const permit = { id: 'p', text: 'permit (principal, action, resource);' }
  const ask = prepare([permit, forbid('f1', 'a1'), forbid('f2', 'a2'), forbid('f3', 'a1')])
  expect(ask(asking())).toEqual({ allowed: false, reason: ['f1', 'f3'] })
})

test('a forbid that errs refuses, though Cedar itself would allow', () => {
  const permit = { id: 'p', text: 'permit (principal, action, resource);' }
  const errs = { id: 'f', text: 'forbid (principal, action, resource) when { context.room == "ops" };' }
  expect(() => prepare([permit, errs])(asking())).toThrow(/f: record does not have the attribute `room`/)
})

test('a prepared set is never another one, however many there are', () => {
  const asks = Array.from({ length: 20 }, (_, n) =>
    prepare([{ id: 'p', text: `permit (principal, action == Action::"a${n}", resource);` }]),
  )
  expect(asks.map((ask) => ask(asking('a7')).allowed).indexOf(true)).toBe(7)
  expect(prepare([{ id: 'p', text: 'permit (principal, action, resource);' }])(asking('a7')).allowed).toBe(true)
  expect(asks[3]?.(asking('a7')).allowed).toBe(false)
})

test('what Cedar cannot read is an error, not an answer', () => {
  const ask = prepare([{ id: 'p', text: 'permit (principal, action, resource);' }])
  expect(() => ask({ ...asking(), context: { half: 0.5 } })).toThrow()
  expect(() => ask({ ...asking(), principal: { type: 'not a type', id: '' } })).toThrow()
  expect(() => prepare([{ id: 'p', text: 'permit (' }])).toThrow(/unexpected/)
  expect(() => readPolicy('p', 'permit (principal, action, resource); permit (principal, action, resource);')).toThrow()
})
