import { type Scale, scaleOf, type Unit } from '../units.ts'

/** The axis of values: round numbers from below the least value to above the greatest. */
export type ValueAxis = {
  readonly low: number
  readonly high: number
  readonly ticks: readonly { readonly value: number; readonly label: string }[]
}

/** Steps that are round, within a power of ten. */
const roundSteps = [1, 2, 2.5, 5, 10]
/** What changes by less than this part of its size is not drawn from nought: one would see a flat line. */
const smallChange = 0.25
/** Below this there is no telling apart, and no power of ten to count in. */
const tiny = 1e-300

/**
 * @param least the least value @param greatest the greatest
 * @param most ticks, about
 */
export const valueAxis = (least: number, greatest: number, unit: Unit, most = 5): ValueAxis => {
  const [from, to] = rangeOf(least, greatest)
  const scale = scaleOf(unit, Math.max(Math.abs(from), Math.abs(to)))
  const step = roundStep((to - from) / scale.divisor / most)
  const first = Math.floor(from / scale.divisor / step + 1e-9)
  const last = Math.ceil(to / scale.divisor / step - 1e-9)
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => {
    const shown = (first + index) * step
    return { value: shown * scale.divisor, label: labelOf(shown, step, scale) }
  })
  const [low, high] = [first * step * scale.divisor, last * step * scale.divisor]
  // What is next to nothing beside the other end has no tick of its own, and is drawn all the same.
  return { low: Math.min(low, from), high: Math.max(high, to), ticks }
}

const rangeOf = (least: number, greatest: number): readonly [number, number] => {
  if (greatest - least < tiny) {
    if (Math.abs(least) < tiny) return [0, 1]
    return least > 0 ? [0, least * 1.25] : [least * 1.25, 0]
  }
  const isSmall = (greatest - least) / Math.max(Math.abs(least), Math.abs(greatest)) < smallChange
  return isSmall ? [least, greatest] : [Math.min(0, least), Math.max(0, greatest)]
}

const roundStep = (rough: number): number => {
  const power = 10 ** Math.floor(Math.log10(rough))
  return (roundSteps.find((step) => step * power >= rough * (1 - 1e-9)) ?? 10) * power
}

const labelOf = (shown: number, step: number, { suffix }: Scale): string => {
  if (Math.abs(shown) < step * 1e-6) return suffix === '%' ? '0%' : '0'
  if (step < 1e-4) return `${shown.toExponential(1)}${suffix}`
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9))
  const more = Number.isInteger(Number((step * 10 ** digits).toFixed(6))) ? 0 : 1
  return `${shown.toFixed(digits + more)}${suffix}`
}
