import { eventLeaf } from './request/move.ts'
import type { Way } from './way.ts'

/**
 * Lets a runner come with another claims file than before.
 * @returns a sentence that says so
 * @throws where the bundle names no such runner, or where it has to hand in what it knows first
 */
export const resetRunner = async (way: Way, name: string): Promise<string> => {
  if (!way.rules.company.runners.has(name)) throw new Error(`The bundle names no runner ${name}.`)
  // Whoever comes with a new claims file has nothing to hand in: that counts only where the log says so.
  if (way.awaited.has(name))
    throw new Error(
      `I wait for what runner ${name} knows of the log before. Where its claims file is gone, run "foobot runner reset ${name} --lost"; else start it.`,
    )
  if (!(await way.storeIds.reset(name))) return `Runner ${name} has no claims file that I know of: it may come.`
  await way.group.record({ leaf: eventLeaf(way, 'store-reset', { runner: name }) })
  return `Runner ${name} may come with another claims file. What was running on it is told as interrupted.`
}

/**
 * Waits no more for what a runner knows of the log before: an administrator says that its disk is gone. It may come with
 * another claims file.
 * @returns a sentence that says so
 * @throws where nobody waits for it
 */
export const loseRunner = async (way: Way, name: string): Promise<string> => {
  if (!way.awaited.has(name)) throw new Error(`Nobody waits for a runner ${name}.`)
  // The log says it before it counts.
  await way.group.record({ leaf: eventLeaf(way, 'runner-lost', { runner: name }) })
  await way.storeIds.reset(name)
  await way.awaited.forget(name)
  const { names } = way.awaited
  const rest = names.length === 0 ? 'Nobody else is waited for.' : `Still waited for: ${names.join(', ')}.`
  return `Runner ${name} is named as lost: keys that only it knew to be removed count again, so remove them anew. ${rest}`
}
