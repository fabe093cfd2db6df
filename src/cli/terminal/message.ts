import type { Footer } from '#core/reply/reply.ts'
import type { ChatMessage } from '#wire/native.ts'
import { blockLines, wrapped } from './blocks.ts'
import { type Line, type Span, styleOf } from './paint.ts'
import type { Pictures } from './picture/pictures.ts'

/** Text, then blocks: what was said, without who and when. Foobot's sentence and a first block of text are one line. */
export const bodyLines = (
  { text, blocks }: Pick<ChatMessage, 'text' | 'blocks'>,
  width: number,
  pictures?: Pick<Pictures, 'lines'>,
): Line[] => {
  const [first, ...more] = blocks
  const joined = text !== '' && first?.type === 'text'
  const lead = joined ? `${text} ${first.text}` : text
  return [
    ...(lead === '' ? [] : wrapped(lead, width)),
    ...(joined ? more : blocks).flatMap((block) => blockLines(block, width, pictures)),
  ]
}

/** Which request it belongs to, and whose words it is where a runner speaks. */
export const footerLine = ({ code, tier, command, number }: Footer, runner: string | undefined): Line => {
  const asked = number === undefined ? undefined : `number ${number}`
  const parts = [code, tier, command, asked, runner === undefined ? undefined : `(${runner})`]
  return [{ text: parts.filter((part) => part !== undefined).join('  '), style: 'dim' }]
}

/** The runner whose words these are; absent where Foobot or a person speaks. */
export const runnerOf = ({ from, name }: ChatMessage): string | undefined =>
  from === 'foobot' && name !== 'Foobot' ? name : undefined

/** A message as a line of a conversation: when, who, what. What does not fit beside the name goes below it. */
export const chatLines = (message: ChatMessage, width: number, pictures?: Pictures): Line[] => {
  const runner = runnerOf(message)
  const head: readonly Span[] = [
    { text: timeOf(message.at), style: 'dim' },
    { text: ' ' },
    message.from === 'foobot'
      ? { text: runner === undefined ? 'Foobot' : `${runner} (runner)`, style: 'bold' }
      : { text: message.from, style: styleOf(message.from) },
  ]
  const body = bodyLines(message, width - indent.length, pictures)
  const footer = message.footer ? [footerLine(message.footer, undefined)] : []
  const [first, ...rest] = body
  const headWidth = head.reduce((sum, { text }) => sum + text.length, 2)
  const fits = body.length === 1 && first && first.reduce((sum, { text }) => sum + text.length, headWidth) <= width
  if (fits) return [[...head, { text: ': ' }, ...first], ...footer.map(indented)]
  const below = first ? [first, ...rest] : []
  return [head, ...[...below, ...footer].map(indented)]
}

const indent = '  '
const indented = (line: Line): Line => [{ text: indent }, ...line]

/** The time of day here, as `11:03`. */
const timeOf = (seconds: number): string => {
  const date = new Date(seconds * 1000)
  return [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':')
}
