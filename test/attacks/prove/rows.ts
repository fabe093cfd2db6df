import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Defence, defencesOf } from './defence.ts'

/** The rows of the attack catalogue whose tests name their defences. */
export const rows: readonly number[] = [...range(1, 3), ...range(27, 60), ...range(73, 80)]

/** Rows that have no test yet, each with the reason. */
export const notDue: ReadonlyMap<number, string> = new Map([
  [31, 'an account cannot be linked anew yet: factors come first'],
  [53, 'nobody is pushed yet: phones come first'],
  [54, 'nothing is answered by a push or a code yet: factors come first'],
  [55, 'no code is taken yet: factors come first'],
])

/** One attack test. */
export type AttackTest = {
  /** Of the catalogue. */
  readonly row: number
  /** From the project's root, with forward slashes. */
  readonly path: string
  readonly defences: readonly Defence[]
}

/** All attack tests of these rows. @param root the project's folder */
export const attackTests = (root: string): AttackTest[] =>
  readdirSync(join(root, 'test/attacks'))
    .filter((name) => /^\d\d-.*\.test\.ts$/.test(name))
    .sort()
    .map((name) => ({ row: Number(name.slice(0, 2)), path: `test/attacks/${name}` }))
    .filter(({ row }) => rows.includes(row))
    .map((test) => ({ ...test, defences: defencesOf(readFileSync(join(root, test.path), 'utf8')) }))

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, n) => from + n)
}
