import type { Colour, Identity } from './draw-identity.js'
import type { View } from './draw-view.js'

/** Side of the drawing's square; (0, 0) is between the eyes of a face that looks straight ahead. */
const SIDE = 128
/** How far the features move across the head at yaw 1 or pitch 1. */
const TURN = 13
const NOD = 7

/** One person in one view, as SVG: a square of `size` pixels. */
export function faceSvg(face: Identity, view: View, size: number): string {
  const chin = face.headHeight * 0.58
  const crown = face.headHeight * -0.42
  const head = headPath(face, crown, chin)
  const [dx, dy] = [view.yaw * TURN, view.pitch * NOD]
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="-64 -58 ${SIDE} ${SIDE}">
<defs>${shading(view)}<clipPath id="head"><path d="${head}"/></clipPath></defs>
<rect x="-64" y="-58" width="${SIDE}" height="${SIDE}" fill="${hsl(view.background)}"/>
<g transform="translate(${view.shift}) rotate(${n(view.roll)}) scale(${n(view.scale)})">
${hairBehind(face, crown, chin, dx)}
${shoulders(face, view, chin)}
${ears(face, dx)}
<path d="${head}" fill="${hsl(face.skin)}"/>
<g clip-path="url(#head)">
${beard(face, chin, dx, dy)}
<g transform="translate(${n(dx)} ${n(dy)})">
${eye(face, view, -1)}${eye(face, view, 1)}
${nose(face, view)}
${mouth(face, view)}
${face.moles.map(([x, y]) => `<circle cx="${n(x)}" cy="${n(y)}" r="1.5" fill="${hsl(darker(face.skin, 0.4))}"/>`).join('')}
</g></g>
${hairInFront(face, crown, dx)}
${face.glasses ? glasses(face, dx, dy) : ''}
<path d="${head}" fill="url(#light)"/>
</g></svg>`
}

function headPath({ headWidth, jaw }: Identity, crown: number, chin: number): string {
  const half = headWidth / 2
  const jawHalf = half * jaw
  const temple = crown * 0.55
  return [
    `M0 ${n(crown)}C${n(half * 0.75)} ${n(crown)} ${n(half)} ${n(temple * 1.3)} ${n(half)} 0`,
    `C${n(half)} ${n(chin * 0.45)} ${n(jawHalf)} ${n(chin * 0.62)} ${n(jawHalf * 0.78)} ${n(chin * 0.8)}`,
    `C${n(jawHalf * 0.55)} ${n(chin)} ${n(jawHalf * 0.3)} ${n(chin)} 0 ${n(chin)}`,
    `C${n(-jawHalf * 0.3)} ${n(chin)} ${n(-jawHalf * 0.55)} ${n(chin)} ${n(-jawHalf * 0.78)} ${n(chin * 0.8)}`,
    `C${n(-jawHalf)} ${n(chin * 0.62)} ${n(-half)} ${n(chin * 0.45)} ${n(-half)} 0`,
    `C${n(-half)} ${n(temple * 1.3)} ${n(-half * 0.75)} ${n(crown)} 0 ${n(crown)}Z`,
  ].join('')
}

function shoulders({ skin, headWidth }: Identity, { clothes }: View, chin: number): string {
  const neck = headWidth * 0.3
  return `<path d="M${n(-neck)} ${n(chin * 0.5)}H${n(neck)}V${n(chin + 14)}H${n(-neck)}Z" fill="${hsl(darker(skin, 0.82))}"/>
<path d="M-90 110V${n(chin + 22)}Q-40 ${n(chin + 8)} ${n(-neck)} ${n(chin + 5)}Q0 ${n(chin + 18)} ${n(neck)} ${n(chin + 5)}Q40 ${n(chin + 8)} 90 ${n(chin + 22)}V110Z" fill="${hsl(clothes)}"/>`
}

function ears({ skin, headWidth, earSize }: Identity, dx: number): string {
  return [-1, 1]
    .map(side => {
      const x = side * (headWidth / 2 + earSize * 0.25) - dx * 0.35
      return `<ellipse cx="${n(x)}" cy="6" rx="${n(earSize * 0.6)}" ry="${n(earSize)}" fill="${hsl(darker(skin, 0.9))}"/>`
    })
    .join('')
}

/** Long hair falls behind the head in styles 2 and 3. */
function hairBehind(
  { hair, hairStyle, hairLength, headWidth }: Identity,
  crown: number,
  chin: number,
  dx: number,
): string {
  if (hairStyle !== 2 && hairStyle !== 3) return ''
  const half = headWidth / 2 + 8
  const end = chin * (0.35 + hairLength)
  return `<path transform="translate(${n(-dx * 0.4)} 0)" d="M${n(-half)} ${n(end)}V0C${n(-half)} ${n(crown * 1.5)} ${n(half)} ${n(crown * 1.5)} ${n(half)} 0V${n(end)}Z" fill="${hsl(darker(hair, 0.8))}"/>`
}

/** 0 short, 1 parted at a side, 2 long with a fringe, 3 long and parted in the middle, 4 bald above a ring. */
function hairInFront({ hair, hairStyle, hairline, headWidth }: Identity, crown: number, dx: number): string {
  const half = headWidth / 2 + 1
  const top = crown * 1.5 // of the curve's control points: the hair itself goes a tenth above the head
  const line = crown * (1 - hairline * 1.4)
  const cap = `M${n(-half)} -2C${n(-half - 2)} ${n(top)} ${n(half + 2)} ${n(top)} ${n(half)} -2`
  const side = half * 0.86
  const inner: string[] = [
    `Q${n(side)} ${n(line * 0.8)} ${n(side * 0.7)} ${n(line)}Q0 ${n(line * 1.12)} ${n(-side * 0.7)} ${n(line)}Q${n(-side)} ${n(line * 0.8)} ${n(-half)} -2Z`,
    `Q${n(side)} ${n(line * 0.7)} ${n(side * 0.9)} ${n(line * 0.75)}Q${n(half * 0.1)} ${n(line * 0.85)} ${n(-half * 0.4)} ${n(line * 1.2)}Q${n(-side)} ${n(line * 0.9)} ${n(-half)} -2Z`,
    `L${n(side)} ${n(line * 0.6)}Q0 ${n(line * 0.45)} ${n(-side)} ${n(line * 0.6)}L${n(-half)} -2Z`,
    `Q${n(half * 0.9)} ${n(line * 0.6)} 0 ${n(line * 1.15)}Q${n(-half * 0.9)} ${n(line * 0.6)} ${n(-half)} -2Z`,
  ]
  const path = inner[hairStyle]
  if (path !== undefined)
    return `<path transform="translate(${n(dx * 0.25)} 0)" d="${cap}${path}" fill="${hsl(hair)}"/>`
  return [-1, 1]
    .map(s => `<ellipse cx="${n(s * half * 0.96)}" cy="${n(crown * 0.3)}" rx="5" ry="14" fill="${hsl(hair)}"/>`)
    .join('')
}

function eye(face: Identity, view: View, side: -1 | 1): string {
  // The eye on the side to which the head turns comes nearer to the nose.
  const x = side * (face.eyeDistance / 2) * (1 - 0.16 * side * view.yaw)
  const wide = (face.eyeWidth / 2) * (1 - 0.14 * side * view.yaw)
  const open = (face.eyeOpening / 2) * view.eyesOpen
  const look = view.gaze * wide * 0.4
  const iris = Math.min(wide * 0.55, face.eyeOpening * 0.55)
  const white = `M${n(-wide)} 0Q0 ${n(-open * 2)} ${n(wide)} 0Q0 ${n(open * 1.7)} ${n(-wide)} 0Z`
  const name = side < 0 ? 'left' : 'right'
  const brow = -face.browHeight - view.browRaise
  return `<g transform="translate(${n(x)} ${n(face.eyeHeight)}) rotate(${n(-side * face.eyeSlant)})">
<clipPath id="${name}"><path d="${white}"/></clipPath>
<path d="${white}" fill="#f2efe9"/>
<g clip-path="url(#${name})"><circle cx="${n(look)}" r="${n(iris)}" fill="${hsl(face.iris)}"/><circle cx="${n(look)}" r="${n(iris * 0.45)}" fill="#111"/></g>
<path d="M${n(-wide)} 0Q0 ${n(-open * 2)} ${n(wide)} 0" fill="none" stroke="${hsl(darker(face.skin, 0.35))}" stroke-width="1.6"/>
</g>
<path transform="translate(${n(x)} ${n(face.eyeHeight + brow)}) rotate(${n(-side * face.browSlant)})" d="M${n(-wide * 1.25)} 1.5Q0 -3.5 ${n(wide * 1.25)} 1.5" fill="none" stroke="${hsl(darker(face.hair, 0.8))}" stroke-width="${n(face.browThickness)}" stroke-linecap="round"/>`
}

function nose({ noseLength, noseWidth, skin, eyeHeight }: Identity, { yaw }: View): string {
  const tip = eyeHeight + noseLength
  const half = noseWidth / 2
  const lean = yaw * 5
  return `<path d="M${n(-half * 0.35)} ${n(eyeHeight + 1)}Q${n(lean - half * 0.4)} ${n(tip * 0.6)} ${n(lean * 0.6 - half)} ${n(tip - 2)}Q${n(lean)} ${n(tip + 6)} ${n(lean * 0.6 + half)} ${n(tip - 2)}Q${n(lean + half * 0.4)} ${n(tip * 0.6)} ${n(half * 0.35)} ${n(eyeHeight + 1)}Z" fill="${hsl(darker(skin, 0.9))}"/>
<path d="M${n(lean * 0.6 - half)} ${n(tip - 2)}Q${n(lean)} ${n(tip + 7)} ${n(lean * 0.6 + half)} ${n(tip - 2)}" fill="none" stroke="${hsl(darker(skin, 0.6))}" stroke-width="1.7"/>`
}

function mouth(face: Identity, { smile, mouthOpen, yaw }: View): string {
  const y = face.eyeHeight + face.noseLength + face.mouthHeight
  const half = (face.mouthWidth / 2) * (1 + 0.1 * smile)
  const curve = smile * 6
  const open = mouthOpen * 6
  const lip = face.lipThickness
  const corners = y - curve * 0.5
  const x = yaw * 3
  const path = (up: number, down: number) =>
    `M${n(x - half)} ${n(corners)}Q${n(x)} ${n(y + curve - up)} ${n(x + half)} ${n(corners)}Q${n(x)} ${n(y + curve + down)} ${n(x - half)} ${n(corners)}Z`
  return `<path d="${path(lip, lip * 1.5 + open * 2)}" fill="${hsl(face.lips)}"/>
<path d="${path(0.6, 0.8 + open * 2)}" fill="${open > 0 ? '#5a2420' : hsl(darker(face.lips, 0.55))}"/>`
}

function beard({ beard, hair, noseLength, headWidth, jaw }: Identity, chin: number, dx: number, dy: number): string {
  if (beard === 0) return ''
  const top = noseLength + 6 + dy
  const half = headWidth * 0.5
  return `<path d="M${n(-half)} ${n(top * 0.5)}Q${n(-half * jaw * 0.75)} ${n(top)} ${n(dx - 12)} ${n(top)}H${n(dx + 12)}Q${n(half * jaw * 0.75)} ${n(top)} ${n(half)} ${n(top * 0.5)}V${n(chin + 5)}H${n(-half)}Z" fill="${hsl(hair)}" opacity="${n(0.35 + 0.5 * beard)}"/>`
}

function glasses({ eyeDistance, eyeHeight, headWidth }: Identity, dx: number, dy: number): string {
  const r = eyeDistance * 0.36
  const lens = (side: number) =>
    `<circle cx="${n(dx + (side * eyeDistance) / 2)}" cy="${n(dy + eyeHeight)}" r="${n(r)}"/>`
  const rim = eyeDistance / 2 - r
  return `<g fill="#ffffff" fill-opacity="0.12" stroke="#222" stroke-width="1.8">${lens(-1)}${lens(1)}
<path d="M${n(dx - rim)} ${n(dy + eyeHeight)}H${n(dx + rim)}M${n(dx - eyeDistance / 2 - r)} ${n(dy + eyeHeight)}L${n(-headWidth / 2)} 0M${n(dx + eyeDistance / 2 + r)} ${n(dy + eyeHeight)}L${n(headWidth / 2)} 0"/></g>`
}

/** Light from one side and shadow on the other, over the whole head. */
function shading({ lightFrom, lightHard }: View): string {
  const angle = (lightFrom * Math.PI) / 180
  const [x, y] = [Math.cos(angle) / 2, Math.sin(angle) / 2]
  return `<linearGradient id="light" x1="${n(0.5 + x)}" y1="${n(0.5 + y)}" x2="${n(0.5 - x)}" y2="${n(0.5 - y)}">
<stop offset="0" stop-color="#fff" stop-opacity="${n(lightHard * 0.35)}"/><stop offset="0.45" stop-color="#fff" stop-opacity="0"/>
<stop offset="0.55" stop-color="#000" stop-opacity="0"/><stop offset="1" stop-color="#000" stop-opacity="${n(lightHard * 0.7)}"/></linearGradient>`
}

function darker([hue, saturation, lightness]: Colour, by: number): Colour {
  return [hue, saturation, lightness * by]
}

function hsl([hue, saturation, lightness]: Colour): string {
  return `hsl(${n(hue)}, ${n(saturation)}%, ${n(lightness)}%)`
}

function n(value: number): string {
  return value.toFixed(2)
}
