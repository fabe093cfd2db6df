import { fitPart } from './fit.ts'
import type { Part } from './part.ts'

/** Whether some word fits both parts: found by trying a word of each form that one takes on the other. */
export const shareWord = (one: Part, other: Part): boolean =>
  sampleWords(one).some((word) => fitPart(other, word, 0).fits) ||
  sampleWords(other).some((word) => fitPart(one, word, 0).fits)

const sampleWords = (part: Part): string[] => {
  if (part.kind === 'literal') return [part.text]
  const written = part.type.samples.map((sample) => part.prefix + sample)
  return part.bare ? [...written, ...part.type.samples] : written
}
