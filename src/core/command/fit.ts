import { isDashed, type Literal, labelOf, type Part, type Slot } from './part.ts'
import { lower } from './types/values.ts'
import { dashLength, nextWord, readRest, readValue, type Said, wordEnd } from './words.ts'

/** What stands on a line for a part: a switch or literal, a value's text, or a list of them. */
export type Given = true | string | readonly string[]

/** How a part fits a line at a word's start: up to where, or why it does not. */
export type Fit =
  | { readonly fits: true; readonly given: Given; readonly end: number }
  | { readonly fits: false; readonly say: string }

/** @param start the start of a word, not the line's end */
export const fitPart = (part: Part, line: string, start: number): Fit => {
  if (part.kind === 'literal') return fitLiteral(part, line, start)
  const value = valueStart(part, line, start)
  if (value === undefined) return misfit(missedPrefix(part, line, start))
  if (part.many === 'list') return fitList(part, line, value)
  const said = part.many === 'rest' ? readRest(line, value) : readValue(line, value)
  return fitValue(part, line, value, said)
}

const fitLiteral = (literal: Literal, line: string, start: number): Fit => {
  const end = wordEnd(line, start)
  const dash = isDashed(literal) ? dashLength(line, start) : 0
  const word = dash > 0 ? `-${line.slice(start + dash, end)}` : line.slice(start, end)
  if (lower(word) === lower(literal.text)) return { fits: true, given: true, end }
  return misfit(`I expected "${literal.text}" in place of "${line.slice(start, end)}".`)
}

const fitList = (slot: Slot, line: string, start: number): Fit => {
  const texts: string[] = []
  let at = start
  while (at < line.length) {
    if (dashLength(line, at) > 0) return misfit(looksLikeOption(line, at))
    const one = fitValue(slot, line, at, readValue(line, at))
    if (!one.fits) return one
    texts.push(String(one.given))
    at = nextWord(line, one.end)
  }
  return { fits: true, given: texts, end: line.length }
}

const fitValue = (slot: Slot, line: string, start: number, said: Said | undefined): Fit => {
  if (!said)
    return misfit(
      line[start] === '"'
        ? 'A quote opens a value there, and does not close it before a space.'
        : looksLikeOption(line, start),
    )
  if (slot.type.takes(said.text)) return { fits: true, given: said.text, end: said.end }
  return misfit(`<${slot.name}> is ${slot.type.what}, not "${said.text}".`)
}

/** Where the value of a slot begins: after its prefix, in any case. A value without prefix has no leading dash. */
const valueStart = (slot: Slot, line: string, start: number): number | undefined => {
  const { prefix, bare } = slot
  const dash = dashLength(line, start)
  if (isDashed(slot) && dash > 0) {
    const value = start + dash + prefix.length - 1
    return lower(line.slice(start + dash, value)) === lower(prefix.slice(1)) ? value : undefined
  }
  const value = start + prefix.length
  if (prefix !== '' && lower(line.slice(start, value)) === lower(prefix)) return value
  return (prefix === '' || bare) && dash === 0 ? start : undefined
}

const missedPrefix = (slot: Slot, line: string, start: number): string =>
  dashLength(line, start) > 0 && !isDashed(slot)
    ? looksLikeOption(line, start)
    : `I expected "${labelOf(slot)}" in place of "${line.slice(start, wordEnd(line, start))}".`

const looksLikeOption = (line: string, start: number): string => {
  const word = line.slice(start).match(/(?:^| )((?:--|[-–—])[^ ]*)/)?.[1] ?? line.slice(start, wordEnd(line, start))
  return `"${word}" reads as an option, and none fits there: if it is part of a value, put quotes around the value.`
}

const misfit = (say: string): Fit => ({ fits: false, say })
