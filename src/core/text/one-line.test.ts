import { expect, it } from 'vitest'
import { line, oneLine } from './one-line.ts'

it.each([
  ['x\nACKNOWLEDGED-incident #8690 by iris', 'x ACKNOWLEDGED-incident #8690 by iris'],
  ['a\r\nb\tc\vd\fe\u0085f\u2028g\u2029h', 'a b c d e f g h'],
  ['  Acme\u00a0 \u3000Ops  ', 'Acme Ops'],
  ['ring \u0007the\u001b[31m bell\0', 'ring the [31m bell'],
  ['\u202eevil\u202c \u2066x\u2069 \u200fy', 'evil x y'],
  ['in\u200bvis\u00adi\ufeffble\u2060 \u{e0041}\u{e007f}', 'invisible'],
  ['\u3164\u2800\u115f', ''],
  ['half \ud83d', 'half \ufffd'],
])('%j is the line %j', (text, said) => {
  expect(oneLine(text)).toBe(said)
  expect(line().parse(text)).toBe(said)
  expect(oneLine(said)).toBe(said)
})

it.each(['👩‍💻 dx ⚡️', 'می‌خواهم', 'Zoë Müller — “Süd”', '日本の負荷', 'שלום'])('%s stays as it is', (text) => {
  expect(oneLine(text)).toBe(text)
})
