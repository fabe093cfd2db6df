import { createHash } from 'node:crypto'
import type { ManifestEntry } from '#core/command/manifest.ts'
import { canonicalText } from '#core/statement/canonical.ts'

/** The digest that a statement names: what the command declares, and everything that its plugin is made of. */
export const definitionOf = (manifest: ManifestEntry, code: string): string =>
  createHash('sha256').update(canonicalText({ manifest, code })).digest('hex')
