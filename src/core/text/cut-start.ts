import { boundary } from './cut.ts'

/** The end of a text, cut as `cut` does: the ellipsis stands before it. */
export const cutStart = (text: string, most: number, ellipsis = '…'): string => {
  if (text.length <= most) return text.toWellFormed()
  const from = text.length - Math.max(0, most - ellipsis.length)
  return ellipsis + text.slice(boundary(text, from, 'after')).toWellFormed()
}
