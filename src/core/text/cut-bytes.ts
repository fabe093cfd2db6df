import { startOf } from './cut.ts'

/** The beginning of a text, cut as `cut` does. @param most bytes of UTF-8 */
export const cutBytes = (text: string, most: number, ellipsis = '…'): string => {
  if (Buffer.byteLength(text) <= most) return text.toWellFormed()
  const room = most - Buffer.byteLength(ellipsis)
  let bytes = 0
  let units = 0
  for (const character of text) {
    bytes += Buffer.byteLength(character)
    if (bytes > room) break
    units += character.length
  }
  return startOf(text, units).toWellFormed() + ellipsis
}
