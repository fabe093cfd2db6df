/** What of the Atlassian Document Format is known here: paragraphs of text with marks. */
const marks = ['strong', 'em', 'code', 'underline', 'strike']

type Node = { readonly type?: unknown; readonly [name: string]: unknown }

/** Whether this is a document that the vendor would take. */
export const isDocument = (value: unknown): boolean => {
  const { type, version, content } = nodeOf(value)
  return type === 'doc' && version === 1 && Array.isArray(content) && content.every(isParagraph)
}

const isParagraph = (value: unknown): boolean => {
  const { type, content = [] } = nodeOf(value)
  return type === 'paragraph' && Array.isArray(content) && content.every(isText)
}

/** An empty text is refused. */
const isText = (value: unknown): boolean => {
  const { type, text, marks: given = [] } = nodeOf(value)
  if (type !== 'text' || typeof text !== 'string' || text === '') return false
  return Array.isArray(given) && given.every((mark) => marks.includes(String(nodeOf(mark).type)))
}

const nodeOf = (value: unknown): Node => (typeof value === 'object' && value !== null ? (value as Node) : {})
