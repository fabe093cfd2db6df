import type { Block } from '#core/reply/reply.ts'
import { clean, cleanValue, inOneLine } from './clean.ts'
import type { Line } from './paint.ts'
import type { Pictures } from './picture/pictures.ts'
import { padEnd, widthOf, wrap } from './wrap.ts'

/**
 * The lines of one block. Text is wrapped, and a table's last column; code stays as it is, for eyes and for copying.
 * @param pictures shows pictures; without it they are told in words
 */
export const blockLines = (block: Block, width: number, pictures?: Pick<Pictures, 'lines'>): Line[] => {
  switch (block.type) {
    case 'text':
      return wrapped(block.text, width)
    case 'code':
      return clean(block.text.replace(/\n$/, ''))
        .split('\n')
        .map((text) => [{ text }])
    case 'table':
      return tableLines(block.columns, block.rows, width)
    case 'fields':
      return fieldLines(block.fields, width)
    case 'picture':
      return [...(pictures?.lines(block, width) ?? wrapped(`(a picture: ${block.alt})`, width))]
    case 'file':
      return wrapped(`[file: ${block.name}, ${block.mediaType} (${sizeOf(block.data)})]`, width)
    case 'link':
      return wrapped(block.title === block.url ? block.url : `${block.title}: ${block.url}`, width)
    case 'progress':
      return [[{ text: clip(block.part === undefined ? block.text : `${bar(block.part)} ${block.text}`, width) }]]
    case 'choice':
      return block.options.map(({ label, say }): Line => {
        const spoken = { text: `  ${say}`, style: 'cyan' } as const
        return say.endsWith(label) ? [spoken] : [spoken, { text: `  ${label}` }]
      })
  }
}

export const wrapped = (text: string, width: number): Line[] => wrap(clean(text), width).map((line) => [{ text: line }])

/** Columns that a table's last one needs where it is wrapped: with fewer, each row is written one cell a line. */
const narrow = 24

const tableLines = (columns: readonly string[], rows: readonly (readonly string[])[], width: number): Line[] => {
  const cells = [columns, ...rows].map((row) => columns.map((_, index) => cellOf(row[index] ?? '')))
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => widthOf(row[index] ?? ''))))
  const before = widths.slice(0, -1).reduce((sum, one) => sum + one + 2, 0)
  const room = width - before
  if (room < narrow && room < (widths.at(-1) ?? 0)) return cellLines(columns, rows, width)
  return cells.flatMap((row, number) => {
    const first = row.slice(0, -1).map((cell, index) => `${padEnd(cell, widths[index] ?? 0)}  `)
    return wrap(row.at(-1) ?? '', room).map((part, line): Line => {
      const text = `${line === 0 ? first.join('') : ' '.repeat(before)}${part}`.trimEnd()
      return number === 0 ? [{ text, style: 'bold' }] : [{ text }]
    })
  })
}

/** A table where there is no room for one: each row by itself, without what is empty. */
const cellLines = (columns: readonly string[], rows: readonly (readonly string[])[], width: number): Line[] =>
  rows.flatMap((row, number): Line[] => {
    const fields = columns.map((name, index) => ({ name, value: cellOf(row[index] ?? '') }))
    const lines = fieldLines(
      fields.filter(({ value }) => value !== ''),
      width,
    )
    return number === 0 ? lines : [[], ...lines]
  })

/** A cell is one line, and one column. */
const cellOf = (text: string): string => cleanValue(text.replace(/\r?\n/g, ' '))

/** Columns of a name beside which its value stands in any case, and that a value has there in any case. */
const fewest = 20

const fieldLines = (fields: readonly { readonly name: string; readonly value: string }[], width: number): Line[] => {
  const names = Math.max(0, ...fields.map(({ name }) => widthOf(cellOf(name)))) + 2
  const beside = width - names
  // A name as long as a page would stand again beside each row of its value.
  if (beside < fewest && names > fewest)
    return fields.flatMap(({ name, value }) => [
      ...wrap(`${cellOf(name)}:`, width).map((text): Line => [{ text, style: 'dim' }]),
      ...wrap(clean(value), Math.max(1, width - 2)).map((text): Line => [{ text: `  ${text}` }]),
    ])
  return fields.flatMap(({ name, value }) =>
    wrap(clean(value), Math.max(fewest, beside)).map(
      (text, index): Line => [{ text: padEnd(index === 0 ? `${cellOf(name)}:` : '', names), style: 'dim' }, { text }],
    ),
  )
}

/** One line that is replaced in place must not wrap. */
const clip = (text: string, width: number): string => {
  const [line = ''] = wrap(inOneLine(text), width)
  return line
}

const bar = (part: number): string => {
  const full = Math.round(part * 20)
  return `[${'#'.repeat(full)}${'.'.repeat(20 - full)}] ${Math.round(part * 100)}%`
}

const sizeOf = (base64: string): string => {
  const bytes = Math.floor((base64.length * 3) / 4)
  return bytes < 1024 ? `${bytes} bytes` : `${Math.round(bytes / 1024)} KiB`
}
