import { type Random, randomFrom } from './random.js'

/** What stays the same in all pictures of a person. Lengths are in units of a face 100 wide; colours are HSL. */
export interface Identity {
  skin: Colour
  hair: Colour
  iris: Colour
  lips: Colour
  headWidth: number
  headHeight: number
  /** Width of the jaw as a part of the head's: 0.6 pointed, 1 square. */
  jaw: number
  earSize: number
  hairStyle: number
  hairline: number
  hairLength: number
  eyeDistance: number
  eyeHeight: number
  eyeWidth: number
  eyeOpening: number
  /** Degrees by which the outer corner is higher. */
  eyeSlant: number
  browHeight: number
  browThickness: number
  browSlant: number
  noseLength: number
  noseWidth: number
  mouthHeight: number
  mouthWidth: number
  lipThickness: number
  beard: number
  glasses: boolean
  moles: [x: number, y: number][]
}

export type Colour = [hue: number, saturation: number, lightness: number]

export const HAIR_STYLES = 5

/** The person of a number, out of the people of a seed. */
export function drawIdentity(person: number, seed: number): Identity {
  const random = randomFrom(seed, 1, person)
  const darkness = random.between(0, 1)
  const skin: Colour = [random.near(22, 4), random.between(32, 55), 80 - 48 * darkness]
  return {
    skin,
    hair: hairColour(random, darkness),
    iris: darkness > 0.45 || random.chance(0.4) ? [25, 55, random.between(14, 30)] : [random.between(80, 220), 45, 42],
    lips: [random.near(4, 5), random.between(30, 55), skin[2] * random.between(0.62, 0.8)],
    headWidth: random.near(78, 6),
    headHeight: random.near(106, 7),
    jaw: random.between(0.6, 0.98),
    earSize: random.between(6, 13),
    hairStyle: random.whole(0, HAIR_STYLES - 1),
    hairline: random.between(0.1, 0.3),
    hairLength: random.between(0.2, 1),
    eyeDistance: random.near(36, 3.5),
    eyeHeight: random.near(0, 2.5),
    eyeWidth: random.between(12, 19),
    eyeOpening: random.between(5, 10),
    eyeSlant: random.near(2, 5),
    browHeight: random.between(8, 15),
    browThickness: random.between(1.5, 5.5),
    browSlant: random.near(2, 7),
    noseLength: random.between(17, 31),
    noseWidth: random.between(10, 23),
    mouthHeight: random.between(10, 18),
    mouthWidth: random.between(22, 40),
    lipThickness: random.between(2.5, 8.5),
    beard: random.chance(0.3) ? random.between(0.3, 1) : 0,
    glasses: random.chance(0.2),
    moles: Array.from({ length: random.whole(0, 2) }, () => [random.between(-28, 28), random.between(5, 36)]),
  }
}

function hairColour(random: Random, darkness: number): Colour {
  if (darkness > 0.55 || random.chance(0.35)) return [25, random.between(10, 35), random.between(7, 18)]
  if (random.chance(0.15)) return [30, 6, random.between(55, 80)]
  return [random.between(14, 44), random.between(35, 65), random.between(22, 60)]
}
