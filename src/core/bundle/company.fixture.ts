import { ed25519Key } from '#core/signature/ed25519.ts'
import type { Company } from './company.ts'

/** A company of nobody that has nothing. */
export const emptyCompany: Company = {
  deployment: 'acme',
  name: 'Acme',
  zone: 'UTC',
  dateOrder: 'month-first',
  root: { administrators: [], threshold: 1 },
  log: { key: ed25519Key(Buffer.alloc(32, 1)) },
  platforms: new Map(),
  attesting: new Map(),
  witnesses: new Map(),
  runners: new Map(),
  webhooks: new Map(),
  desks: new Map(),
  owners: new Map(),
  accepted: new Map(),
  attested: { factors: new Map(), words: [] },
  limits: { tiers: new Map() },
  people: new Map(),
  groups: new Map(),
  rooms: new Map(),
  commands: [],
  plugins: new Map(),
  policies: new Map(),
}
