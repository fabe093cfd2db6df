import { toSeconds } from '#core/clock.ts'
import { tierRule } from '#core/policy/tiers.ts'
import { codeOf, type Statement, statementKind } from '#core/statement/statement.ts'
import type { Inspected } from './inspect.ts'
import type { Stated as Kept } from './request/request.ts'
import type { Way } from './way.ts'

/** A command that has been put into exact bytes. */
export type Stated = Inspected & { readonly statement: Statement; readonly stated: Kept }

/** The bytes, the digest, the code. */
export const state = (way: Way, inspected: Inspected): Stated => {
  const { entry, from, id, definition, resource, text } = inspected
  const { company, version } = { company: from.rules.company, version: from.rules.bundle.version }
  const iat = toSeconds(way.clock())
  const { conversation } = from.message
  const statement: Statement = {
    v: 2,
    id,
    deployment: company.deployment,
    bundle: version,
    runner: entry.listed.runner,
    command: entry.command,
    definition,
    tier: entry.tier,
    text,
    resource,
    ...(from.person !== undefined && { requester: from.person }),
    via: {
      platform: conversation.platform,
      tenant: from.message.account.tenant,
      account: from.message.account.id,
      ...(from.room !== undefined && { room: from.room }),
      message: from.message.id,
    },
    iat,
    exp: iat + tierRule(entry.tier, company.limits).life,
  }
  const bytes = statementKind.encode(statement)
  const digest = statementKind.digest(bytes)
  const stated: Kept = {
    statement: bytes,
    digest,
    code: codeOf(digest),
    iat,
    exp: statement.exp,
    bundle: version,
    resource: `${resource.type}:${resource.id}`,
  }
  return { ...inspected, statement, stated }
}
