import { eventLeaf } from './request/move.ts'
import type { Way } from './way.ts'

/**
 * Lets a runner come with another claims file than before.
 * @returns a sentence that says so
 * @throws where the bundle names no such runner
 */
export const resetRunner = async (way: Way, name: string): Promise<string> => {
  if (!way.rules.company.runners.has(name)) throw new Error(`The bundle names no runner ${name}.`)
  if (!(await way.storeIds.reset(name))) return `Runner ${name} has no claims file that I know of: it may come.`
  await way.group.record({ leaf: eventLeaf(way, 'store-reset', { runner: name }) })
  return `Runner ${name} may come with another claims file. What was running on it is told as interrupted.`
}
