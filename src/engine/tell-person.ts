import { plain } from '#core/reply/reply.ts'
import { say, type Way } from './way.ts'

/**
 * Says something where a person is alone with Foobot, on our own platform and wherever the bundle names an account of
 * theirs for ever: what is done in their name may have been done by somebody else.
 */
export const tellPerson = async (way: Way, person: string, text: string): Promise<void> => {
  const { company, lasts } = way.rules
  const native = { platform: 'native', tenant: company.deployment, id: person }
  const places = [native, ...(company.people.get(person)?.accounts ?? [])].flatMap(
    ({ platform, tenant, id }) => (lasts(platform) && way.platforms.get(platform)?.alone({ tenant, id })) || [],
  )
  for (const place of places) await say(way, place, plain(text))
}
