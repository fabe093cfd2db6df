import type { Letter, Recording, Row } from './recording.ts'

/** Everything in pixels. The picture brings its own ground: it reads the same on a light page and on a dark one. */
const letter = { width: 8.4, size: 14, height: 20 }
const head = 40
const edge = 22
const visibleRows = 27
/** Milliseconds that the end stands still before it begins again. */
const rest = 5_000

const ink = '#d7dde7'
const ground = '#14171d'
const colours: Readonly<Record<string, string>> = {
  '1': '#ffffff',
  '2': '#8b95a5',
  '31': '#ff7b86',
  '32': '#7fd18b',
  '33': '#ecc363',
  '34': '#74b3ff',
  '35': '#cf9bff',
  '36': '#66d4df',
}

/** A recording as an SVG that plays by itself, again and again; who wants no motion sees its end. It holds no script and asks for nothing. */
export const animated = (recording: Recording, title: string): string => {
  const total = recording.length + rest
  const time = (at: number): string => `${Math.min(100, (at / total) * 100).toFixed(2)}%`
  const { rows, columns } = recording
  const width = Math.round(columns * letter.width + edge * 2)
  const height = head + visibleRows * letter.height + edge
  const styles: string[] = []
  const appear = (at: number): string => {
    const name = `a${at}`
    const rule = `@keyframes ${name}{0%{opacity:0}${time(at)}{opacity:1}}.${name}{animation:${name} ${total}ms step-end infinite}`
    if (!styles.includes(rule)) styles.push(rule)
    return name
  }
  const drawn = rows.map((row, index) => {
    const y = index * letter.height
    return `<g class="${appear(row.at)}">${pictureOf(row, y)}${runsOf(row.letters)
      .map((run) => textOf(run, y))
      .join('')}</g>`
  })
  const covers = rows.flatMap((row, index) => {
    const typed = typedPart(row.letters)
    if (!typed) return []
    const { first, count, from, until } = typed
    const [x, long] = [first * letter.width, count * letter.width]
    const name = `t${index}`
    styles.push(
      `@keyframes ${name}{0%{transform:none}${time(from)}{transform:none;animation-timing-function:steps(${count})}${time(until)},100%{transform:translateX(${px(long)}px)}}.${name}{transform:translateX(${px(long)}px);animation:${name} ${total}ms linear infinite}`,
    )
    return [
      `<rect class="${name}" x="${px(x)}" y="${index * letter.height}" width="${px(long + 2)}" height="${letter.height}" fill="${ground}"/>`,
    ]
  })
  // Typed letters are there from the beginning of their row, under a cover that goes.
  const scrolled = scroll(rows, time)
  const end = Math.max(0, rows.length - visibleRows) * letter.height
  styles.push(`@keyframes s{${scrolled}}.s{transform:translateY(-${end}px);animation:s ${total}ms step-end infinite}`)
  styles.push('@media (prefers-reduced-motion:reduce){*{animation:none!important}}')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}" font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="${letter.size}" fill="${ink}">
<style>text{white-space:pre}.b{font-weight:700}${styles.join('')}</style>
<rect width="${width}" height="${height}" rx="10" fill="${ground}"/>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="9.5" fill="none" stroke="#2f3642"/>
<g fill="#3a4250"><circle cx="24" cy="20" r="6"/><circle cx="44" cy="20" r="6"/><circle cx="64" cy="20" r="6"/></g>
<text x="${width / 2}" y="25" text-anchor="middle" fill="#8b95a5" font-size="13">${escaped(title)}</text>
<svg x="${edge}" y="${head}" width="${width - edge * 2}" height="${visibleRows * letter.height}" overflow="hidden">
<g class="s">
${drawn.join('\n')}
${covers.join('\n')}
</g></svg></svg>
`
}

const scroll = (rows: readonly Row[], time: (at: number) => string): string => {
  const steps = new Map<string, number>([['0%', 0]])
  for (const [index, { at, picture }] of rows.entries()) {
    const last = index + (picture ? picture.rows : 1)
    if (last > visibleRows) steps.set(time(at), Math.max(steps.get(time(at)) ?? 0, last - visibleRows))
  }
  let before = 0
  return [...steps]
    .flatMap(([at, up]) => {
      const changed = up > before || at === '0%'
      before = Math.max(before, up)
      return changed ? [`${at}{transform:translateY(-${up * letter.height}px)}`] : []
    })
    .join('')
}

type Run = { readonly text: string; readonly style: string; readonly column: number }

const runsOf = (letters: readonly Letter[]): readonly Run[] => {
  const runs: { text: string; style: string; column: number }[] = []
  for (const [column, { text, style }] of letters.entries()) {
    const last = runs.at(-1)
    if (last?.style === style) last.text += text
    else runs.push({ text, style, column })
  }
  return runs.filter(({ text }) => text.trim() !== '')
}

const textOf = ({ text, style, column }: Run, y: number): string => {
  const shown = text.trimEnd()
  const from = shown.length - shown.trimStart().length
  const x = (column + from) * letter.width
  const long = [...shown.trimStart()].length * letter.width
  const fill = colours[style]
  const look = `${fill === undefined ? '' : ` fill="${fill}"`}${style === '1' ? ' class="b"' : ''}`
  return `<text x="${px(x)}" y="${y + 14.5}" textLength="${px(long)}"${look}>${escaped(shown.trimStart())}</text>`
}

const pictureOf = ({ picture, letters }: Row, y: number): string => {
  if (!picture) return ''
  const high = picture.rows * letter.height - 6
  const wide = (high * picture.width) / picture.height
  const x = letters.length * letter.width
  return `<image x="${px(x)}" y="${y + 3}" width="${px(wide)}" height="${high}" href="data:image/png;base64,${picture.data}"/>`
}

/** The letters that came one by one. */
const typedPart = (letters: readonly Letter[]) => {
  const start = letters[0]?.at
  const first = letters.findIndex(({ at }) => at !== start) - 1
  const last = letters.at(-1)
  if (first < 0 || start === undefined || !last) return undefined
  const typed = letters.slice(first)
  const until = last.at
  const count = typed.filter(({ at }, index) => index === 0 || at !== typed[index - 1]?.at).length
  return { first, count, from: start, until }
}

const px = (value: number): string => String(Math.round(value * 10) / 10)

const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\p{Cc}/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
