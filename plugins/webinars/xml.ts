import { parseXml, XmlElement } from '@rgrove/parse-xml'
import { VendorError } from 'foobot'

/** An element as plain data: what a schema reads. */
export type Element = {
  readonly name: string
  /** Its attributes, and the texts of those of its children that hold no others: the first of each name. */
  readonly fields: Readonly<Record<string, string>>
  readonly children: readonly Element[]
}

/**
 * Reads a document. Entities of its own are not expanded, and nothing outside of it is read.
 * @throws VendorError `strange` where it is no XML
 */
export const readXml = (text: string, vendor: string): Element => {
  try {
    const { root } = parseXml(text)
    if (root) return elementOf(root)
  } catch (error) {
    throw strange(vendor, error)
  }
  throw strange(vendor)
}

/** @param why what the form is not */
export const strange = (vendor: string, why?: unknown): VendorError =>
  new VendorError('strange', `${vendor} answered in a form that I do not know: look there.`, undefined, why)

const elementOf = ({ name, attributes, children }: XmlElement): Element => {
  const elements = children.filter((child) => child instanceof XmlElement)
  const texts = elements
    .filter((child) => !child.children.some((inner) => inner instanceof XmlElement))
    .map((child) => [child.name, child.text.trim()] as const)
  return {
    name,
    // The first of a name stays: later entries are put before earlier ones.
    fields: Object.fromEntries([...texts.reverse(), ...Object.entries(attributes)]),
    children: elements.map(elementOf),
  }
}
