import { InvalidArgumentError, Option } from 'commander'
import { longestBundleLife } from '#core/bundle/bundle.ts'

const most = longestBundleLife / 86_400

/** `--days`: how long a bundle lives. */
export const daysOption = (): Option =>
  new Option('--days <n>', `how long it lives, 1 to ${most}`).argParser(daysOf).default(most)

const daysOf = (text: string): number => {
  const days = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (days < 1 || days > most) throw new InvalidArgumentError(`Write 1 to ${most}.`)
  return days
}
