import { type Administrator, makeAdministrator } from '#core/bundle/administrator.fixture.ts'
import { type BundleOffer, type BundlePayload, bundleKind, draftBundle, type Trust } from '#core/bundle/bundle.ts'
import type { Root } from '#core/bundle/company.ts'
import { ed25519Key } from '#core/signature/ed25519.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'

/** A company of two administrators who must both sign, and what an attacker does to its folder. */

export const now = 1_800_000_000

export const [ann, bob, eve] = [makeAdministrator(), makeAdministrator(), makeAdministrator()]
/** Another key of ann's. */
export const annAgain = makeAdministrator()

export const rootOf = (threshold: number, ...people: readonly (readonly [string, Administrator])[]): Root => ({
  threshold,
  administrators: people.map(([person, { key }]) => ({ person, key })),
})

export const root = rootOf(2, ['ann', ann], ['bob', bob])

const rootText = ({ threshold, administrators }: Root): string => {
  const lines = administrators.map(({ person, key }) => `\n    - { person: ${person}, key: ${key} }`)
  return `root:\n  threshold: ${threshold}\n  administrators:${lines.join('') || ' []'}`
}

const rebuild = {
  runner: 'delivery',
  tier: 'dangerous',
  manifest: {
    plugin: 'servers',
    command: 'rebuild',
    template: 'rebuild <server:word>',
    summary: 'Rebuild a server',
    tier: 'dangerous',
    inspects: true,
    exclusive: true,
    cancellable: false,
    timeLimit: 60,
  },
}

/** The folder, with some files written otherwise. */
export const folder = (changes: Readonly<Record<string, string>> = {}, own: Root = root): Map<string, Uint8Array> =>
  new Map(
    Object.entries({
      'company.yaml': `deployment: acme
name: Acme
zone: UTC
dateOrder: month-first
${rootText(own)}
log: { key: "${ed25519Key(Buffer.alloc(32, 1))}" }
runners: { delivery: { key: "${ed25519Key(Buffer.alloc(32, 2))}", zone: servers } }
owners: { backend: Backend }
platforms: { slack: { identity: lasting }, irc: { identity: reused } }
`,
      'people/ann.yaml': 'name: Ann\naccounts: [{ platform: slack, tenant: T1, id: U1 }]\n',
      'people/bob.yaml': 'name: Bob\n',
      'people/eve.yaml': 'name: Eve\n',
      'groups.yaml': 'Ops: [ann, eve]\nBackend: [bob]\n',
      'rooms.yaml': 'ops: { groups: [Ops] }\n',
      'commands.json': JSON.stringify([rebuild]),
      'plugins.json': JSON.stringify([{ plugin: rebuild.manifest.plugin, code: ['a'.repeat(64)] }]),
      'policy/ops.cedar': 'permit (principal in Group::"Ops", action == Action::"rebuild", resource);\n',
      ...changes,
    }).map(([path, text]) => [path, Buffer.from(text)]),
  )

/** `rebuild` as the bundle lists it, with its manifest changed. */
export const listing = (manifest: object, listed: object = {}): string =>
  JSON.stringify([{ ...rebuild, ...listed, manifest: { ...rebuild.manifest, ...manifest } }])

export const signed = (
  files: ReadonlyMap<string, Uint8Array>,
  signers: readonly Administrator[],
  head: Partial<Omit<BundlePayload, 'files'>> = {},
): BundleOffer & { readonly digest: string } => {
  const body = draftBundle(files, { deployment: 'acme', version: 1, iat: now, exp: now + 1000, ...head })
  const envelope = sealEnvelope(
    bundleKind,
    body,
    signers.map(({ sign }) => sign(body)),
  )
  return { envelope, files, digest: bundleKind.digest(body) }
}

export const trust: Trust = { deployment: 'acme', root, lowest: 1, now }
