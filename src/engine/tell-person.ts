import { plain } from '#core/reply/reply.ts'
import { say, type Way } from './way.ts'

/**
 * Says something where a person is alone with Foobot, on our own platform and wherever the bundle names an account of
 * theirs: what is done in their name may have been done by somebody else.
 */
export const tellPerson = async (way: Way, person: string, text: string): Promise<void> => {
  const accounts = way.rules.company.people.get(person)?.accounts ?? []
  const places = [{ platform: 'native', id: person }, ...accounts].flatMap(
    ({ platform, id }) => way.platforms.get(platform)?.alone(id) ?? [],
  )
  for (const place of places) await say(way, place, plain(text))
}
