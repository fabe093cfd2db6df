import { plain, type Reply } from '#core/reply/reply.ts'
import { isAtLeast } from '#core/tier.ts'
import type { Following } from './answer-own.ts'
import { type Identified, linkedAt } from './identify.ts'
import { isSignatureOwed, presentAttested } from './present.ts'
import type { Waiting } from './standing.ts'
import { footerOf } from './talk.ts'
import type { Way } from './way.ts'

/**
 * `auth me totp`: a one-time code as a yes to one command. What could not count is told before a code is asked for or used.
 */
export const takeCode = async (
  way: Way,
  from: Identified & { readonly person: string },
  { request, stated }: Waiting,
  digits: string | undefined,
): Promise<Reply | Following> => {
  const { person, message } = from
  const footer = footerOf(request)
  const { code, digest } = stated.stated
  if (isSignatureOwed(way, stated)) {
    return plain(`A one-time code is no signature, and this command takes your signature: foobot sign ${code}`, footer)
  }
  const upTo = from.rules.company.attested.factors.get('totp')
  const { totp } = way.factors
  if (!totp || upTo === undefined || !isAtLeast(upTo, request.tier)) {
    return plain(
      `A one-time code does not count for ${request.tier} commands. Say "${way.name} auth me push", or foobot sign ${code}`,
      footer,
    )
  }
  if (!totp.isReadyFor(person)) {
    return plain(`You have no one-time codes yet. Set them up in a terminal: foobot totp enrol --as ${person}`, footer)
  }
  if (digits === undefined) {
    return plain(
      `Say the six digits to me alone: auth me totp 123456 ${code}. They will be your yes to: ${request.text}`,
      footer,
    )
  }
  const attestation = await totp.attest(
    {
      deployment: from.rules.company.deployment,
      statement: digest,
      person,
      as: 'requester',
      account: { platform: message.conversation.platform, ...message.account },
      linked: linkedAt(way, from),
      message: message.id,
    },
    digits,
  )
  way.counters.factor('totp', attestation.attested ? 'right' : attestation.why)
  if (!attestation.attested) return plain(`${attestation.say} It was for: ${request.text}`, footer)
  way.live.join(request.id, message)
  const { accepted, say } = await presentAttested(way, attestation.envelope)
  if (!accepted) return plain(`${say} It was for: ${request.text}`, footer)
  return { follows: request, reply: plain(`Taken as your yes to: ${request.text}`, footer) }
}
