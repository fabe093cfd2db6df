import type { Block } from 'foobot'
import type { Shared } from './share.ts'
import type { Which } from './which.ts'

const list = new Intl.ListFormat('en', { type: 'conjunction' })

/**
 * What is said of a post: where it is, with links, and what failed.
 * @throws where it is nowhere where it was not before, and something failed
 */
export const told = (which: Which, all: readonly Shared[]): readonly Block[] => {
  const named = (state: Shared['state']): readonly string[] =>
    all.filter((one) => one.state === state).map(({ network }) => network)
  const [shared, before] = [named('shared'), named('before')]
  const sentences = [
    ...(shared.length > 0 ? [`"${which}" webinar shared to: ${list.format(shared)}`] : []),
    ...(before.length > 0 ? [`"${which}" webinar was shared before to: ${list.format(before)}`] : []),
    ...all.flatMap((one) => ('say' in one ? [one.say] : [])),
  ]
  // One alone stands as the sentence that it is; several are a line each.
  const text =
    sentences.length > 1 ? sentences.map((one) => one.replace(/(?<![.!?])$/, '.')).join('\n') : (sentences[0] ?? '')
  if (shared.length === 0 && all.some((one) => 'say' in one)) throw new Error(text)
  return [
    { type: 'text', text },
    ...all.flatMap((one): Block[] => ('url' in one ? [{ type: 'link', title: one.network, url: one.url }] : [])),
  ]
}
