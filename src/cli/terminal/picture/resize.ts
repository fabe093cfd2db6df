import type { Pixels } from './pixels.ts'

/**
 * A picture made smaller: each new point is the mean of the old ones that it covers.
 * @param accent from 0 to 1: how much of it is the point that differs most from that mean. A thin line on a large ground would fade
 *   away in means alone
 */
export const resized = (pixels: Pixels, width: number, height: number, accent = 0): Pixels => {
  const data = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++) {
    const rows = covered(y, height, pixels.height)
    for (let x = 0; x < width; x++) {
      const columns = covered(x, width, pixels.width)
      data.set(pointOf(pixels, columns, rows, accent), (y * width + x) * 4)
    }
  }
  return { width, height, data }
}

type Range = readonly [from: number, to: number]

const covered = (index: number, of: number, size: number): Range => {
  const from = Math.floor((index * size) / of)
  return [from, Math.max(from + 1, Math.floor(((index + 1) * size) / of))]
}

const pointOf = ({ width, data }: Pixels, [left, right]: Range, [top, bottom]: Range, accent: number) => {
  const sum = [0, 0, 0, 0]
  each((red, green, blue, opacity) => {
    sum[0] = (sum[0] ?? 0) + red * opacity
    sum[1] = (sum[1] ?? 0) + green * opacity
    sum[2] = (sum[2] ?? 0) + blue * opacity
    sum[3] = (sum[3] ?? 0) + opacity
  })
  const [reds = 0, greens = 0, blues = 0, opacities = 0] = sum
  if (opacities === 0) return [0, 0, 0, 0]
  const mean = [reds / opacities, greens / opacities, blues / opacities] as const
  const opacity = opacities / ((right - left) * (bottom - top))
  if (accent === 0) return [...mean, opacity]
  let [most, outstanding]: [number, readonly [number, number, number]] = [-1, mean]
  each((red, green, blue, seen) => {
    const distance = seen < 128 ? -1 : (red - mean[0]) ** 2 + (green - mean[1]) ** 2 + (blue - mean[2]) ** 2
    if (distance > most) [most, outstanding] = [distance, [red, green, blue]]
  })
  return [...mean.map((value, channel) => value + accent * ((outstanding[channel] ?? value) - value)), opacity]

  function each(take: (red: number, green: number, blue: number, opacity: number) => void): void {
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const at = (y * width + x) * 4
        take(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0, data[at + 3] ?? 0)
      }
    }
  }
}
