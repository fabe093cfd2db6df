import type { Looks } from './people.ts'

/** Points of a side. */
export const side = 256

/** Where the face of every portrait is: between nose and mouth, before the head leans. */
export const face = { x: 128, y: 147, width: 92 }

/** The head leans about here. */
const neck = { x: 128, y: 190 }

/** Where the face is when the head leans by so many degrees. */
export const leaning = (tilt: number): { readonly x: number; readonly y: number } => {
  const angle = (tilt * Math.PI) / 180
  const [across, up] = [face.x - neck.x, face.y - neck.y]
  return {
    x: Math.round(neck.x + across * Math.cos(angle) - up * Math.sin(angle)),
    y: Math.round(neck.y + across * Math.sin(angle) + up * Math.cos(angle)),
  }
}

/** A portrait as SVG: flat colours, a friendly face, nobody who lives. */
export const portrait = (looks: Looks): string => {
  const { ground, skin, shirt, tilt, cut } = looks
  const shade = mixed(skin, '#5b2b1a', 0.22)
  const { behind, before } = hairOf(cut, looks.hair)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}" viewBox="0 0 256 256" stroke-linecap="round" stroke-linejoin="round">
<rect width="256" height="256" fill="${ground}"/>
<circle cx="128" cy="140" r="104" fill="#fff" opacity=".28"/>
<g transform="rotate(${tilt} ${neck.x} ${neck.y})">${behind}</g>
<path d="M30 256C34 214 74 200 104 196H152C182 200 222 214 226 256Z" fill="${shirt}"/>
<path d="M106 168V200C110 216 146 216 150 200V168Z" fill="${shade}"/>
<path d="M100 197C112 222 144 222 156 197L166 201C150 236 106 236 90 201Z" fill="${mixed(shirt, '#000000', 0.2)}"/>
<g transform="rotate(${tilt} ${neck.x} ${neck.y})">
<circle cx="78" cy="128" r="12" fill="${shade}"/><circle cx="178" cy="128" r="12" fill="${shade}"/>
<path d="M80 104C80 66 102 54 128 54S176 66 176 104V134C176 168 152 188 128 188S80 168 80 134Z" fill="${skin}"/>
<circle cx="97" cy="147" r="9" fill="#e4573d" opacity=".14"/><circle cx="159" cy="147" r="9" fill="#e4573d" opacity=".14"/>
${eyes(mixed(looks.hair, '#2a1d16', 0.6))}
<path d="M127 122C124 131 121 136 124 138S131 139 133 138" fill="none" stroke="${shade}" stroke-width="3.4"/>
${mouths[looks.mouth]}
${before}
${looks.extra ? extras[looks.extra] : ''}
</g>
</svg>`
}

const eyes = (brow: string): string => `
<g fill="#2b211d"><ellipse cx="107" cy="118" rx="4.6" ry="5.6"/><ellipse cx="149" cy="118" rx="4.6" ry="5.6"/></g>
<g fill="#fff"><circle cx="108.8" cy="115.8" r="1.6"/><circle cx="150.8" cy="115.8" r="1.6"/></g>
<g fill="none" stroke="${brow}" stroke-width="4.2"><path d="M97 104C102 100 110 99.5 115 102"/><path d="M141 102C146 99.5 154 100 159 104"/></g>`

const mouths: Readonly<Record<Looks['mouth'], string>> = {
  smile: '<path d="M110 158C118 170 138 170 146 158" fill="none" stroke="#8f3b32" stroke-width="4"/>',
  grin: '<path d="M108 156H148C146 174 110 174 108 156Z" fill="#8f3b32"/><path d="M112 157H144C143 163 113 163 112 157Z" fill="#fff"/>',
  calm: '<path d="M114 161C121 166 135 166 142 161" fill="none" stroke="#8f3b32" stroke-width="4"/>',
}

const extras: Readonly<Record<NonNullable<Looks['extra']>, string>> = {
  glasses:
    '<g fill="#fff" fill-opacity=".22" stroke="#20242b" stroke-width="3.4"><rect x="90" y="107" width="33" height="24" rx="7"/><rect x="133" y="107" width="33" height="24" rx="7"/></g><path d="M123 116H133M90 116L79 113M166 116L177 113" stroke="#20242b" stroke-width="3.4"/>',
  'round-glasses':
    '<g fill="#fff" fill-opacity=".25" stroke="#7a5a2a" stroke-width="3"><circle cx="107" cy="118" r="16"/><circle cx="149" cy="118" r="16"/></g><path d="M123 116Q128 112 133 116M91 116L79 113M165 116L177 113" fill="none" stroke="#7a5a2a" stroke-width="3"/>',
  earrings: '<g fill="#f2c14e"><circle cx="76" cy="144" r="5"/><circle cx="180" cy="144" r="5"/></g>',
  freckles:
    '<g fill="#b5653f" opacity=".55"><circle cx="93" cy="136" r="1.5"/><circle cx="100" cy="139" r="1.5"/><circle cx="106" cy="135" r="1.5"/><circle cx="150" cy="135" r="1.5"/><circle cx="156" cy="139" r="1.5"/><circle cx="163" cy="136" r="1.5"/></g>',
  headset:
    '<path d="M76 124C70 40 186 40 180 124" fill="none" stroke="#2b3038" stroke-width="7"/><rect x="67" y="114" width="17" height="30" rx="8" fill="#2b3038"/><rect x="172" y="114" width="17" height="30" rx="8" fill="#2b3038"/><path d="M76 142C78 166 88 172 100 172" fill="none" stroke="#2b3038" stroke-width="4"/><circle cx="102" cy="172" r="5" fill="#2b3038"/>',
}

/** Hair behind the head, and before it. */
const hairOf = (cut: Looks['cut'], colour: string): { readonly behind: string; readonly before: string } => {
  const fill = (path: string): string => `<path d="${path}" fill="${colour}"/>`
  switch (cut) {
    case 'short':
      return {
        behind: '',
        before: fill(
          'M78 112C74 62 100 44 128 44S182 62 178 112C174 98 172 90 166 84C146 76 110 76 90 84C84 90 82 98 78 112Z',
        ),
      }
    case 'quiff':
      return {
        behind: '',
        before: fill(
          'M78 114C72 78 82 58 98 50C112 28 166 30 178 58C186 76 182 96 178 114C174 100 172 92 166 84C150 90 118 88 100 76C92 82 82 96 78 114Z',
        ),
      }
    case 'parted':
      return {
        behind: '',
        before: fill(
          'M78 112C72 72 92 44 124 44C160 40 184 62 178 112C174 100 172 94 168 86C148 84 124 76 112 64C106 78 90 84 82 96C80 102 79 106 78 112Z',
        ),
      }
    case 'bun':
      return {
        behind: `<circle cx="128" cy="40" r="23" fill="${colour}"/>`,
        before: fill('M78 116C72 70 96 48 128 48S184 70 178 116C172 92 154 78 128 78S84 92 78 116Z'),
      }
    case 'long':
      return {
        behind: fill('M64 206C58 120 62 42 128 42S198 120 192 206C170 214 150 206 128 206S86 214 64 206Z'),
        before: fill(
          'M76 124C70 72 94 46 128 46S186 72 180 124C176 98 162 86 146 70C130 88 96 88 84 100C80 108 78 116 76 124Z',
        ),
      }
    case 'bob':
      return {
        behind: fill('M62 172C54 92 76 42 128 42S202 92 194 172C180 182 160 178 128 178S76 182 62 172Z'),
        before: fill('M76 122C70 70 96 46 128 46S186 70 180 122C178 104 172 96 166 92H90C84 96 78 104 76 122Z'),
      }
    case 'curls': {
      const curl = ([x, y, r]: readonly [number, number, number]): string => `<circle cx="${x}" cy="${y}" r="${r}"/>`
      const back = (
        [
          [68, 126, 20],
          [66, 154, 18],
          [188, 126, 20],
          [190, 154, 18],
          [72, 98, 22],
          [184, 98, 22],
        ] as const
      ).map(curl)
      const top = (
        [
          [84, 78, 19],
          [104, 60, 20],
          [130, 54, 21],
          [154, 62, 19],
          [172, 80, 18],
        ] as const
      ).map(curl)
      return { behind: `<g fill="${colour}">${back.join('')}</g>`, before: `<g fill="${colour}">${top.join('')}</g>` }
    }
    case 'bald':
      return {
        behind: '',
        before: `<g fill="${colour}"><path d="M78 120C74 108 76 98 82 90C84 102 82 112 82 122Z"/><path d="M178 120C182 108 180 98 174 90C172 102 174 112 174 122Z"/></g><ellipse cx="112" cy="70" rx="14" ry="7" fill="#fff" opacity=".22"/>`,
      }
    case 'cap':
      return {
        behind: '',
        before: `${fill('M80 118C78 104 80 96 84 92H172C176 96 178 104 176 118C172 108 170 102 168 98H88C86 102 84 108 80 118Z')}<path d="M78 96C74 56 100 40 128 40S182 56 178 96C150 88 106 88 78 96Z" fill="#2f6fae"/><path d="M76 96C104 84 160 86 204 100C206 106 202 108 196 107C160 96 110 92 78 101Z" fill="#24588b"/>`,
      }
  }
}

const mixed = (one: string, other: string, part: number): string => {
  const channel = (at: number): string => {
    const [a, b] = [one, other].map((colour) => Number.parseInt(colour.slice(at, at + 2), 16))
    return Math.round((a ?? 0) + ((b ?? 0) - (a ?? 0)) * part)
      .toString(16)
      .padStart(2, '0')
  }
  return `#${channel(1)}${channel(3)}${channel(5)}`
}
