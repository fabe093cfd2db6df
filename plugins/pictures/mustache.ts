import type { Face } from 'foobot'

/** How wide a mustache is, of the face that it stands in. */
const part = 0.74

/** One half of it, for a mustache of two units: from below the nose to the curled tip, and back along the lip. */
const half =
  'M0,-.13C.05,-.21 .15,-.27 .27,-.26C.43,-.25 .53,-.11 .68,-.09C.79,-.08 .87,-.14 .87,-.24C.87,-.3 .82,-.33 .78,-.31C.79,-.4 .92,-.42 .98,-.33C1.05,-.21 .99,-.02 .85,.07C.69,.17 .47,.2 .29,.16C.16,.13 .06,.08 0,.01Z'

/** Hairs that catch the light, in the same half. */
const hairs = [
  'M.06,-.14C.16,-.2 .3,-.19 .42,-.09',
  'M.1,-.07C.22,-.1 .4,-.06 .58,.02',
  'M.14,.02C.28,.06 .48,.09 .68,.04',
  'M.5,-.04C.64,.02 .78,-.01 .89,-.1',
]

/** A mustache in its place in a picture, as a part of an SVG. */
export const mustache = ({ x, y, width, tilt }: Face): string => {
  const size = (width * part) / 2
  const side = (direction: 1 | -1): string => `<g transform="scale(${direction} 1)">
<path d="${half}" fill="url(#hair)" stroke="#1a0e09" stroke-opacity=".55" stroke-width=".025" stroke-linejoin="round"/>
<g fill="none" stroke="#a9744d" stroke-opacity=".55" stroke-width=".022" stroke-linecap="round">${hairs.map((one) => `<path d="${one}"/>`).join('')}</g>
</g>`
  return `<linearGradient id="hair" gradientUnits="userSpaceOnUse" x1="0" y1="-.4" x2="0" y2=".22"><stop offset="0" stop-color="#5a3420"/><stop offset=".55" stop-color="#371d11"/><stop offset="1" stop-color="#22110a"/></linearGradient>
<g transform="translate(${x} ${y}) rotate(${tilt}) scale(${size})">
<ellipse cx="0" cy=".09" rx=".84" ry=".13" fill="#000" opacity=".14"/>
${side(1)}
${side(-1)}
</g>`
}
