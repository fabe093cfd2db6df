import { plain } from '#core/reply/reply.ts'
import { say, type Way } from './way.ts'

const room = 'security'

/** Said to those who look after the company's safety, where it has such a room. */
export const sayInSecurity = async (way: Way, text: string): Promise<void> => {
  const { company } = way.rules
  if (company.rooms.has(room)) await say(way, { platform: 'native', tenant: company.deployment, room }, plain(text))
}
