import { createHash } from 'node:crypto'
import type { PersonPicture } from '#core/command/picture.ts'
import { isAtLeast, type Tier, tiers } from '#core/tier.ts'
import type { Company } from './company.ts'
import { freshFor } from './life.ts'

/** The parts of a company, in the order in which a difference is read: what gives power first. */
export const parts = [
  'root',
  'company',
  'log',
  'platforms',
  'witnesses',
  'runners',
  'webhooks',
  'attesting',
  'attested',
  'desks',
  'limits',
  'accepted',
  'owners',
  'people',
  'keys',
  'accounts',
  'groups',
  'rooms',
  'plugins',
  'tiers',
  'commands',
  'policies',
] as const

export type Part = (typeof parts)[number]

/** One thing that a new bundle changes: `before` is absent from what is new, `after` from what goes. */
export type Change = {
  readonly part: Part
  readonly label: string
  readonly before?: string
  readonly after?: string
}

/**
 * What changes from one company to the next, in everything that anybody decides by.
 * @param before undefined where there was none: then all is new
 */
export const difference = (before: Company | undefined, after: Company): readonly Change[] => {
  const [old, now] = [before ? describe(before) : undefined, describe(after)]
  return parts.flatMap((part) => {
    const [left, right] = [new Map(old?.[part] ?? []), new Map(now[part])]
    return [...new Set([...left.keys(), ...right.keys()])].flatMap((label): readonly Change[] => {
      const [before, after] = [left.get(label), right.get(label)]
      if (before === after) return []
      return [{ part, label, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }]
    })
  })
}

/**
 * The difference as administrators read it before they sign: each change on a line under its part, `+` new, `-` gone, `~`
 * changed, `!` where less is asked than before. Characters outside printable ASCII are escaped, and each further line of a text
 * begins with `|`: nothing can hide, and nothing can pass for another change.
 */
export const differenceText = (changes: readonly Change[]): string =>
  parts
    .map((part) => ({ part, own: changes.filter((change) => change.part === part) }))
    .filter(({ own }) => own.length > 0)
    .map(({ part, own }) => `${part}\n${own.map(changeText).join('')}`)
    .join('')

const changeText = (change: Change): string => {
  const { label, before, after } = change
  const mark = before === undefined ? '+' : after === undefined ? '-' : asksLess(change) ? '!' : '~'
  const values = [before ?? '', after ?? ''].filter((value) => value !== '').map(visible)
  return `  ${mark} ${visible(label)}${values.length > 0 ? `: ${values.join(' -> ')}` : ''}\n`
}

const asksLess = ({ part, label, before = '', after = '' }: Change): boolean => {
  if (part === 'root' && label === 'threshold') return Number(after) < Number(before)
  if (part === 'limits' && label === 'freshness') return Number.parseInt(after, 10) > Number.parseInt(before, 10)
  return part === 'tiers' && !isAtLeast(tierOf(after), tierOf(before))
}

const tierOf = (text: string): Tier => tiers.find((tier) => tier === text) ?? 'open'

/** Characters outside printable ASCII escaped. */
export const visible = (text: string): string =>
  text
    .replace(/[^\n -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll('\n', '\n      | ')

type Entries = readonly (readonly [label: string, value: string])[]

/** A company as labels and values, part by part. A label without a value says it all. */
const describe = (company: Company): Readonly<Record<Part, Entries>> => {
  const { root, log, attested, people, commands } = company
  const everybody = [...people.values()]
  return {
    root: [
      ['threshold', String(root.threshold)],
      ...root.administrators.map(({ person, key }) => [`administrator ${person} ${key}`, ''] as const),
    ],
    company: [
      ['deployment', company.deployment],
      ['name', company.name],
      ['zone', company.zone],
      ['dateOrder', company.dateOrder],
    ],
    log: [['key', log.key], ...(log.checkpoint === undefined ? [] : [['checkpoint', log.checkpoint] as const])],
    platforms: entries(company.platforms, ({ identity }) => identity),
    witnesses: entries(company.witnesses, ({ key, tiers }) => `${key} for ${tiers.join(', ')}`),
    runners: entries(company.runners, ({ key, zone }) => `${key} zone ${zone}`),
    webhooks: entries(company.webhooks, ({ runner, room }) => `runner ${runner} speaks in ${room}`),
    attesting: entries(company.attesting, String),
    attested: [
      ...entries(attested.factors, (tier) => `up to ${tier}`),
      ...attested.words.map((word) => [`word for ${word}`, ''] as const),
    ],
    desks: [...company.desks].flatMap(([origin, { tier, files }]) => [
      [origin, `up to ${tier}`] as const,
      ...entries(files, String).map(([path, digest]) => [`${origin} ${path}`, digest] as const),
    ]),
    limits: [
      ...entries(company.limits.tiers, (limit) => JSON.stringify(limit)),
      ['freshness', `${freshFor(company.limits) / 86_400} days`],
    ],
    accepted: entries(company.accepted, String),
    owners: entries(company.owners, String),
    people: everybody.flatMap(({ id, name, picture }) => [
      [id, name] as const,
      ...(picture ? [[`${id} picture`, shown(picture)] as const] : []),
    ]),
    keys: everybody.flatMap(({ id, keys, hardware }) =>
      keys.map((key) => [`${id} ${key}`, hardware.has(key) ? 'hardware' : ''] as const),
    ),
    accounts: everybody.flatMap(({ id, accounts }) =>
      accounts.map((account) => [`${id} ${place(account)}`, ''] as const),
    ),
    groups: [...company.groups].flatMap(([group, members]) => [
      [group, ''] as const,
      ...[...members].map((member) => [`${group}: ${member}`, ''] as const),
    ]),
    rooms: [...company.rooms.values()].flatMap(({ name, groups, places }) => [
      [name, groups.length === 0 ? 'everybody' : groups.join(', ')] as const,
      ...places.map((at) => [`${name} at ${place(at)}`, ''] as const),
    ]),
    plugins: entries(company.plugins, (codes) => `code ${codes.join(' or ')}`),
    tiers: commands.map(({ manifest, tier }) => [manifest.command, tier]),
    commands: commands.flatMap(({ runner, manifest }) => [
      [`${manifest.command} runner`, runner] as const,
      ...Object.entries(manifest).map(([field, value]) => [`${manifest.command} ${field}`, plain(value)] as const),
    ]),
    // By text, not by id: an id is a place in a file, and moves when something is written above it.
    policies: [...company.policies].map(([id, text]) => [`${id.replace(/#\d+$/, '')}\n${text.trim()}`, '']),
  }
}

/** A picture by its bytes, which no line could show. */
const shown = ({ file, mediaType, bytes, face }: PersonPicture): string =>
  `${file} ${mediaType} ${createHash('sha256').update(bytes).digest('hex')}${face ? ` ${JSON.stringify(face)}` : ''}`

const entries = <V>(map: ReadonlyMap<string, V>, text: (value: V) => string): Entries =>
  [...map].map(([name, value]) => [name, text(value)])

const place = ({ platform, tenant, id }: { platform: string; tenant: string; id: string }): string =>
  `${platform} ${tenant} ${id}`

const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
