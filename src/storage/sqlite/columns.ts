import type { SQLOutputValue } from 'node:sqlite'
import { FoobotError } from '#core/errors.ts'

/** Values of a row, of the type that its column has. Anything else means that the file is not what was written. */
export type Row = Readonly<Record<string, SQLOutputValue>>

export const numberOf = (row: Row | undefined, column: string): number => {
  const value = row?.[column]
  return typeof value === 'number' ? value : damaged(column)
}

export const textOf = (row: Row | undefined, column: string): string => {
  const value = row?.[column]
  return typeof value === 'string' ? value : damaged(column)
}

export const bytesOf = (row: Row | undefined, column: string): Uint8Array => {
  const value = row?.[column]
  return value instanceof Uint8Array ? value : damaged(column)
}

const damaged = (column: string): never => {
  throw new FoobotError('data-damaged', `column ${column} holds nothing of its type`)
}
