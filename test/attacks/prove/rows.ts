import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Defence, defencesOf } from './defence.ts'

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n)

/**
 * The rows of the attack catalogue that must name their defences: webhooks, consent, signatures, what other bots got wrong,
 * and everything from 87 on, which was found by attacking this product.
 */
export const rows: readonly number[] = [...range(1, 3), ...range(27, 60), ...range(73, 80), ...range(87, 119)]

const notDueFor = (reason: string, ...numbers: readonly number[]): (readonly [number, string])[] =>
  numbers.map((number) => [number, reason] as const)

/** Rows of these that have no test yet, each with the reason. */
export const notDue: ReadonlyMap<number, string> = new Map([
  ...notDueFor('there is no IRC adapter yet', 109, 110),
  ...notDueFor('there is no XMPP adapter yet', 111),
  ...notDueFor('there is no Matrix adapter yet', 112),
  ...notDueFor('there is no Slack adapter yet', 113),
  ...notDueFor('cards, choices and pointers come with the first chat platform', 114, 119),
  ...notDueFor('there are no browser sessions and no invitations yet', 115, 116, 117),
])

/** One attack test. */
export type AttackTest = {
  /** Of the catalogue. */
  readonly row: number
  /** From the project's root, with forward slashes. */
  readonly path: string
  readonly defences: readonly Defence[]
}

const rowOf = (name: string): number => Number(name.slice(0, name.indexOf('-')))

/** All attack tests, in order. @param root the project's folder */
export const attackTests = (root: string): AttackTest[] =>
  readdirSync(join(root, 'test/attacks'))
    .filter((name) => /^\d{2,3}-.*\.test\.ts$/.test(name))
    .sort((a, b) => rowOf(a) - rowOf(b) || (a < b ? -1 : 1))
    .map((name) => {
      const path = `test/attacks/${name}`
      return { row: rowOf(name), path, defences: defencesOf(readFileSync(join(root, path), 'utf8')) }
    })

/** What is wrong with the rows: one that is due and names no defence, or one that has a test and is said not to be due. */
export const rowFaults = (tests: readonly AttackTest[]): ReadonlyMap<number, string> => {
  const faultOf = (row: number): string | undefined => {
    const mine = tests.filter((test) => test.row === row)
    if (notDue.has(row))
      return mine.length > 0 ? `has ${mine[0]?.path}, and rows.ts says that it is not due` : undefined
    if (mine.length === 0) return 'has no test'
    return mine.some(({ defences }) => defences.length > 0) ? undefined : `${mine[0]?.path} names no defence`
  }
  return new Map(
    rows.flatMap((row) => [[row, faultOf(row)] as const]).flatMap(([row, fault]) => (fault ? [[row, fault]] : [])),
  )
}
