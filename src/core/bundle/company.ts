import type { ListedCommand } from '#core/command/manifest.ts'
import type { PersonPicture } from '#core/command/picture.ts'
import type { Key } from '#core/signature/key.ts'
import type { Tier } from '#core/tier.ts'

/** Everything that the company's folder says, read and checked: what server, runners and auditors decide by. */
export type Company = {
  /** The deployment's id, as `acme`: in everything signed. */
  readonly deployment: string
  readonly name: string
  /** IANA time zone, as `Europe/Berlin`. */
  readonly zone: string
  readonly dateOrder: 'month-first' | 'day-first'
  readonly root: Root
  /** `checkpoint`: the signed note of the log when the bundle was proposed; a fresh runner begins there. */
  readonly log: { readonly key: Key; readonly checkpoint?: string }
  /** The chat platforms that are heard, beside Foobot's own. */
  readonly platforms: ReadonlyMap<string, { readonly identity: AccountIdentity }>
  /** Keys of services that may attest consents, by service name. */
  readonly attesting: ReadonlyMap<string, Key>
  readonly witnesses: ReadonlyMap<string, { readonly key: Key; readonly tiers: readonly Tier[] }>
  readonly runners: ReadonlyMap<string, { readonly key: Key; readonly zone: string }>
  /** Addresses below `/hooks/`: whose runner hears them, and the one room that it may speak in then. */
  readonly webhooks: ReadonlyMap<string, { readonly runner: string; readonly room: string }>
  /** Origins that people sign at, each with the highest tier it may sign. */
  readonly desks: ReadonlyMap<string, { readonly tier: Tier; readonly files: ReadonlyMap<string, string> }>
  /** A system's own owner label to the group that answers for it. */
  readonly owners: ReadonlyMap<string, string>
  /** Soft spots that the company has accepted, with the reason. */
  readonly accepted: ReadonlyMap<string, string>
  readonly attested: { readonly factors: ReadonlyMap<string, Tier>; readonly words: readonly string[] }
  readonly limits: Limits
  readonly people: ReadonlyMap<string, Person>
  readonly groups: ReadonlyMap<string, ReadonlySet<string>>
  readonly rooms: ReadonlyMap<string, Room>
  readonly commands: readonly ListedCommand[]
  /** The code that may run as each plugin: one digest, or two while an update is under way. */
  readonly plugins: ReadonlyMap<string, readonly string[]>
  /** Single Cedar policies by id: `policy/devs.cedar#1`, the path and the place in the file, from 1. */
  readonly policies: ReadonlyMap<string, string>
}

export type Root = {
  /** Person to key; a threshold counts distinct people. */
  readonly administrators: readonly { readonly person: string; readonly key: Key }[]
  readonly threshold: number
}

export type Person = {
  readonly id: string
  readonly name: string
  readonly accounts: readonly PlatformAccount[]
  readonly keys: readonly Key[]
  /** Those of the keys that are known to live in hardware. */
  readonly hardware: ReadonlySet<Key>
  readonly picture?: PersonPicture
}

/**
 * Whether a platform's account is the same person for ever (`lasting`), or may be given to somebody else once its owner
 * has left (`reused`): then it stands for nobody.
 */
export type AccountIdentity = 'lasting' | 'reused'

/** An account on a platform. */
export type PlatformAccount = { readonly platform: string; readonly tenant: string; readonly id: string }

export type Room = {
  readonly name: string
  /** Whose members are in the room; empty means everybody. */
  readonly groups: readonly string[]
  /** Where the room is on platforms other than the native one. */
  readonly places: readonly { readonly platform: string; readonly tenant: string; readonly id: string }[]
}

export type Limits = {
  /** Raised key classes and shortened lives, by tier; life in seconds. */
  readonly tiers: ReadonlyMap<Tier, { readonly key?: KeyClassName; readonly life?: number }>
  /** Seconds for which a bundle is fresh, where that is less than for everybody. */
  readonly freshness?: number
}

export type KeyClassName = 'software' | 'verified' | 'hardware'

/** The company's folder as everybody trusts it. */
export type Bundle = {
  readonly version: number
  /** SHA-256 of the bundle object's PAE, in hex. */
  readonly digest: string
  /** Seconds since 1970. */
  readonly iat: number
  readonly exp: number
  readonly company: Company
}
