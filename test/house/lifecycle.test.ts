import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { transitions } from '../../src/engine/request/states.ts'
import { root } from './sources.ts'

const drawing = readFileSync(`${root}docs/lifecycle.md`, 'utf8')
const drawn = [...drawing.matchAll(/^ {2}(\S+) --> (\w+|\[\*\])(?::\s*(.+))?$/gm)].map(([, from, to, why]) => ({
  arrow: `${from === '[*]' ? 'new' : from} → ${to === '[*]' ? 'end' : to}`,
  why,
}))

it('draws the table of transitions, no arrow more and none less', () => {
  const table = Object.entries(transitions).flatMap(([from, to]) =>
    to.length > 0 ? to.map((state) => `${from} → ${state}`) : [`${from} → end`],
  )
  expect(drawn.map(({ arrow }) => arrow).sort()).toEqual(table.sort())
})

it('says on each arrow when it is taken', () => {
  expect(drawn.filter(({ arrow, why }) => !why && !arrow.endsWith(' → end'))).toEqual([])
})
