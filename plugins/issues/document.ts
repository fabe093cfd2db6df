/** A paragraph: words, some of them strong. */
export type Paragraph = readonly (string | { readonly strong: string })[]

/** What was written, as an Atlassian Document. Whatever somebody types is a text node there, and no markup. */
export const documentOf = (paragraphs: readonly Paragraph[]) => ({
  type: 'doc',
  version: 1,
  content: paragraphs.map((paragraph) => ({ type: 'paragraph', content: paragraph.map(textNode) })),
})

const textNode = (words: Paragraph[number]) =>
  typeof words === 'string'
    ? { type: 'text', text: words }
    : { type: 'text', text: words.strong, marks: [{ type: 'strong' }] }
