import type { KeyClassName, Limits } from '#core/bundle/company.ts'
import type { Tier } from '#core/tier.ts'
import { stronger } from './key-class.ts'
import type { Owed } from './owed.ts'

/** What holds for every command of a tier, whatever policy says: policy adds to it and never takes away. */
export type TierRule = {
  /** `anybody` in the room, or a person with a `permit`. */
  readonly asks: 'anybody' | 'permit'
  readonly owes: readonly Owed[]
  /** The least class of a key that a consent may be signed with. */
  readonly key: KeyClassName
  /** Seconds that a statement may live. */
  readonly life: number
}

const minutes = 60

const factor: Owed = { kind: 'second-factor' }
const ownerApproval: Owed = { kind: 'approval', from: 'resource.owner', count: 1 }
const signature: Owed = { kind: 'signature' }

const table: Readonly<Record<Tier, TierRule>> = {
  open: { asks: 'anybody', owes: [], key: 'software', life: 5 * minutes },
  member: { asks: 'permit', owes: [], key: 'software', life: 5 * minutes },
  sensitive: { asks: 'permit', owes: [factor], key: 'software', life: 5 * minutes },
  dangerous: { asks: 'permit', owes: [factor, ownerApproval], key: 'software', life: 60 * minutes },
  critical: { asks: 'permit', owes: [factor, ownerApproval, signature], key: 'verified', life: 60 * minutes },
}

/** The rule of a tier, with the bundle's raised key class and shortened life; the bundle can do neither the other way. */
export const tierRule = (tier: Tier, limits: Limits): TierRule => {
  const rule = table[tier]
  const limit = limits.tiers.get(tier)
  return {
    ...rule,
    key: stronger(rule.key, limit?.key ?? rule.key),
    life: Math.min(rule.life, limit?.life ?? rule.life),
  }
}
