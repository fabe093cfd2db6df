import { toSeconds } from '#core/clock.ts'
import { checkConsent } from '#core/consent/check.ts'
import type { Given } from '#core/consent/missing.ts'
import type { Envelope } from '#core/statement/fields.ts'
import type { Statement } from '#core/statement/statement.ts'
import { shortFault } from '#core/text/short-fault.ts'
import type { Rules } from './rules.ts'
import type { Way } from './way.ts'

/** A consent that counts, with what it is worth. */
export type Counted = { readonly envelope: Envelope; readonly given: Given }

/**
 * Those of some consents that count for a statement now. What does not is left out: a key may have been removed since.
 */
export const counted = (
  way: Way,
  rules: Rules,
  about: { readonly statement: Statement; readonly digest: string },
  envelopes: readonly Envelope[],
): readonly Counted[] =>
  envelopes.flatMap((envelope) => {
    try {
      return [{ envelope, given: checked(way, rules, about, envelope) }]
    } catch (error) {
      way.log.warn({ request: about.statement.id, error: shortFault(error) }, 'a consent does not count any more')
      return []
    }
  })

/** @throws ConsentRefusal or FoobotError with a sentence that may be shown */
export const checked = (
  way: Way,
  rules: Rules,
  { statement, digest }: { readonly statement: Statement; readonly digest: string },
  envelope: Envelope,
): Given =>
  checkConsent(envelope, {
    statement,
    digest,
    bundle: rules.bundle,
    keyChanges: way.keyChanges,
    now: toSeconds(way.clock()),
  })
