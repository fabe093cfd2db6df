import { z } from 'zod'
import { longestFresh } from '#core/bundle/life.ts'
import { mostCodes } from '#core/bundle/plugin-codes.ts'
import { listedCommand } from '#core/command/manifest.ts'
import { webhookPath } from '#core/command/webhook.ts'
import { tierRule } from '#core/policy/tiers.ts'
import { type Tier, tiers } from '#core/tier.ts'
import { isSafeOrigin } from './address.ts'
import {
  deployment,
  fieldsOf,
  groupName,
  line,
  listOf,
  machineKey,
  machineName,
  mapOf,
  personId,
  personKey,
  reserved,
  roomName,
  root,
  textLike,
  tier,
  zone,
} from './fields.ts'

/** A picture in the company's folder. */
export const pictureFile = /^pictures\/[a-z0-9][a-z0-9._-]{0,63}\.(?:png|jpg)$/

const optionalMap = <V extends z.ZodType>(name: z.ZodString, value: V) => mapOf(name, value).default(() => new Map())

/** Foobot's own platform: who is who there stands in the bundle, never in an account or place. */
const platformName = machineName.refine((name) => name !== 'native', { error: 'native is Foobot’s own: leave it out' })
const foreignId = line('the platform’s own id that never changes, in quotes')

const origin = textLike(/^https?:\/\//, 'an origin, as https://desk.acme.example').refine(
  (text) => isSafeOrigin(text, 'http'),
  { error: 'write https, and exactly scheme, host and port' },
)

const note = z.string({ error: 'write the signed note of a checkpoint' }).max(8192)

const digest = textLike(/^[0-9a-f]{64}$/, 'the SHA-256 of the file in hex')

/** A company may raise the class of a tier's keys and shorten its life. */
const limitOf = (tier: Tier) => {
  const { life } = tierRule(tier, { tiers: new Map() })
  const shorter = `a company may shorten a life, never lengthen it: write at most ${life}`
  return z.exactOptional(
    fieldsOf({
      key: z.exactOptional(
        z.enum(['software', 'verified', 'hardware'], { error: 'write software, verified or hardware' }),
      ),
      life: z.exactOptional(
        z
          .int({ error: 'write a life in seconds' })
          .min(5, { error: 'write at least 5 seconds' })
          .max(life, { error: shorter }),
      ),
    }),
  )
}

const day = 86_400
const mostDays = longestFresh / day
const writeDays = `a company may shorten the time for which a bundle is fresh, never lengthen it: write 1 to ${mostDays} days`

const tierLimits = fieldsOf({
  open: limitOf('open'),
  member: limitOf('member'),
  sensitive: limitOf('sensitive'),
  dangerous: limitOf('dangerous'),
  critical: limitOf('critical'),
}).transform((limits) => new Map(tiers.flatMap((tier) => (limits[tier] ? [[tier, limits[tier]] as const] : []))))

/** `company.yaml` */
export const companyFile = fieldsOf({
  deployment,
  name: line('the company’s name'),
  zone,
  dateOrder: z.enum(['month-first', 'day-first'], { error: 'write month-first (05/31) or day-first (31/05)' }),
  root,
  log: fieldsOf({
    /** Which log of this deployment it is; one that was restored from a copy is the next. */
    number: z
      .int({ error: 'write the number of the log, as 1' })
      .min(1, { error: 'write the number of the log, as 1' })
      .refine((number) => number === 1, { error: 'this version of Foobot cannot restore a log yet: write 1' })
      .default(1),
    key: machineKey,
    /** The signed note at which the log before ended. */
    after: reserved(note, 'log that was restored'),
    checkpoint: z.exactOptional(note),
  }).transform(({ key, checkpoint }) => ({ key, ...(checkpoint !== undefined && { checkpoint }) })),
  platforms: optionalMap(
    platformName,
    fieldsOf({
      identity: z.enum(['lasting', 'reused'], {
        error: 'write lasting (an account is one person for ever) or reused (its name can be given to somebody else)',
      }),
    }),
  ),
  runners: mapOf(machineName, fieldsOf({ key: machineKey, zone: line('the systems that it holds credentials of') })),
  webhooks: optionalMap(
    textLike(webhookPath, 'a webhook’s path, as on-call'),
    fieldsOf({ runner: machineName, room: roomName }),
  ),
  attesting: optionalMap(machineName, machineKey),
  witnesses: optionalMap(machineName, fieldsOf({ key: machineKey, tiers: listOf(tier, 'tiers') })),
  desks: optionalMap(
    origin,
    fieldsOf({
      tier: tier.default('dangerous'),
      /** The one server whose sign-ins it signs. */
      server: reserved(origin, 'sign-in at a desk'),
      files: optionalMap(textLike(/^[A-Za-z0-9/][A-Za-z0-9._/-]{0,199}$/, 'a file’s path'), digest),
    }),
  ),
  owners: optionalMap(line('the system’s own label'), groupName),
  accepted: optionalMap(line('the soft spot’s name'), line('why it is accepted')),
  attested: fieldsOf({
    factors: optionalMap(machineName, tier),
    words: listOf(line('a command'), 'commands').default(() => []),
  }).default(() => ({ factors: new Map(), words: [] })),
  limits: fieldsOf({
    tiers: tierLimits.default(() => new Map()),
    /** Days for which a bundle is fresh enough for `sensitive` commands and above, fewer than the 90 that always hold. */
    freshness: z.exactOptional(
      z
        .int({ error: writeDays })
        .min(1, { error: writeDays })
        .max(mostDays, { error: writeDays })
        .transform((days) => days * day),
    ),
  }).default(() => ({ tiers: new Map() })),
  /** The lowest version of each part that may take part. */
  minima: reserved(mapOf(machineName, z.string()), 'minima'),
})

const account = fieldsOf({ platform: platformName, tenant: foreignId, id: foreignId })
const place = fieldsOf({
  platform: platformName,
  tenant: foreignId,
  id: foreignId,
  /** What is shown there: outputs too, or cards alone. */
  shows: reserved(z.enum(['all', 'card'], { error: 'write all or card' }), 'choice of what a place shows'),
})

const points = (write: string) =>
  z
    .int({ error: `write ${write} in whole points` })
    .min(0)
    .max(8192)

/** Where the face is: between nose and mouth. */
const face = fieldsOf({
  x: points('how far from the left it is'),
  y: points('how far from the top it is'),
  width: points('how wide the face is').min(1),
  tilt: z.int({ error: 'write whole degrees, clockwise, as -4' }).min(-90).max(90).default(0),
})

const picture = fieldsOf({
  file: textLike(pictureFile, 'a file in the folder pictures, as pictures/jhand.png'),
  face: z.exactOptional(face),
})

/** `people/<id>.yaml` */
export const personFile = fieldsOf({
  name: line('the person’s name'),
  accounts: listOf(account, 'accounts, each with platform, tenant and id').default(() => []),
  keys: listOf(personKey, 'keys').default(() => []),
  /** Those of `keys` that are known to live in hardware. */
  hardware: listOf(personKey, 'keys that stand under keys too').default(() => []),
  /** Who the person is to the company's identity providers. */
  subjects: reserved(
    listOf(fieldsOf({ issuer: origin, sub: foreignId }), 'subjects, each with issuer and sub'),
    'sign-in by OpenID Connect',
  ),
  picture: z.exactOptional(picture),
})

/** `groups.yaml` */
export const groupsFile = mapOf(groupName, listOf(personId, 'people’s ids, as [jhand, mansel]'))

const writeGroups = 'write a list of groups, as [Devs], or the word everybody'

/** `rooms.yaml` */
export const roomsFile = mapOf(
  roomName,
  fieldsOf({
    groups: z.union([z.literal('everybody'), z.array(groupName).min(1, { error: writeGroups })], {
      error: writeGroups,
    }),
    places: listOf(place, 'places, each with platform, tenant and id').default(() => []),
    /** The group whose permits up to `member` anybody has who is a full member of the platform's tenant there. */
    here: reserved(groupName, 'group for whoever is there'),
  }),
)

/** `commands.json` */
export const commandsFile = z.array(listedCommand, {
  error: 'write a list of commands; "foobot apply" does it',
})

const write = 'write a list of plugins with their code; "foobot apply" does it'
const writeCode = 'write one SHA-256 in hex, or two while an update is under way'

/** `plugins.json` */
export const pluginsFile = z
  .array(
    z.strictObject({
      plugin: textLike(/^[a-z][a-z0-9-]{0,63}$/, 'a plugin’s name in small letters, as git'),
      code: z
        .array(z.string({ error: writeCode }).regex(/^[0-9a-f]{64}$/, { error: writeCode }), { error: writeCode })
        .min(1, { error: writeCode })
        .max(mostCodes, { error: writeCode }),
    }),
    { error: write },
  )
  .superRefine((plugins, context) => {
    const names = plugins.map(({ plugin }) => plugin)
    const codes = plugins.flatMap(({ code }) => code)
    for (const twice of [...repeatedIn(names), ...repeatedIn(codes)]) {
      context.addIssue({ code: 'custom', message: `${twice} is listed twice: keep one` })
    }
  })
  .transform((plugins) => new Map(plugins.map(({ plugin, code }) => [plugin, code] as const)))

const repeatedIn = (values: readonly string[]): readonly string[] =>
  values.filter((value, index) => values.indexOf(value) !== index)
