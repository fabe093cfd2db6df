import { existsSync, readFileSync } from 'node:fs'

const stat = '/proc/self/stat'

/**
 * Whether this process has its terminal to itself: one in the background that changes how the terminal reads is stopped for it.
 * Where the system does not say, it has.
 */
export const isInForeground = (): boolean => {
  if (!existsSync(stat)) return true
  // Past the name, which may hold anything: state, parent, group, session, terminal, the terminal's foreground group.
  const text = readFileSync(stat, 'utf8')
  const [, , group, , , foreground] = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return group === foreground
}
