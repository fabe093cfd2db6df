import type { Company, Person } from '#core/bundle/company.ts'
import { machineSigner, passkeySigner, sshSigner, type TestSigner } from '#core/signature/signer.fixture.ts'

/** People with keys of each class, pages to sign on, and services that attest. */

export const desk = 'https://desk.acme.example'
/** A page that may sign for `sensitive` commands at most. */
export const lowDesk = 'https://low.acme.example'

export const keys = {
  jhand: sshSigner(),
  passkey: passkeySigner(desk),
  lowPasskey: passkeySigner(lowDesk),
  /** Known to live in hardware. */
  token: passkeySigner(desk),
  fiona: sshSigner(),
  bianca: sshSigner(),
  biancaPasskey: passkeySigner(desk),
  dora: sshSigner(),
  stranger: sshSigner(),
} as const satisfies Readonly<Record<string, TestSigner>>

export const services = { totp: machineSigner(), word: machineSigner() }

const person = (id: string, signers: readonly TestSigner[], hardware: readonly TestSigner[] = []): [string, Person] => [
  id,
  {
    id,
    name: id,
    accounts: [],
    keys: signers.map(({ key }) => key),
    hardware: new Set(hardware.map(({ key }) => key)),
  },
]

export const peopleAndPlaces = {
  people: new Map([
    person('jhand', [keys.jhand, keys.passkey, keys.lowPasskey, keys.token], [keys.token]),
    person('fiona', [keys.fiona]),
    person('bianca', [keys.bianca, keys.biancaPasskey]),
    person('dora', [keys.dora]),
  ]),
  groups: new Map([
    ['Devs', new Set(['jhand'])],
    ['Backend', new Set(['bianca', 'dora', 'jhand'])],
    ['DBA', new Set(['dora'])],
    ['People', new Set(['fiona', 'dora'])],
  ]),
  desks: new Map([
    [desk, { tier: 'critical', files: new Map() }],
    [lowDesk, { tier: 'sensitive', files: new Map() }],
  ]),
  owners: new Map([['backend', 'Backend']]),
  attesting: new Map(Object.entries(services).map(([name, { key }]) => [name, key])),
  attested: { factors: new Map([['totp', 'sensitive']]), words: ['upgrade'] },
} satisfies Partial<Company>
