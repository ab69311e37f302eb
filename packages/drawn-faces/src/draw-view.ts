import { type Random, randomFrom } from './random.js'

/** What differs from picture to picture of one person. */
export interface View {
  /** How far the head is turned: -1 half left to 1 half right. */
  yaw: number
  /** Raised or lowered: -1 to 1. */
  pitch: number
  /** Degrees by which it is tilted. */
  roll: number
  shift: [x: number, y: number]
  scale: number
  /** -1 a frown to 1 a smile. */
  smile: number
  mouthOpen: number
  /** 0 closed to 1 as open as the person's eyes are. */
  eyesOpen: number
  browRaise: number
  gaze: number
  /** Where the light comes from, in degrees, and how hard it is, 0 to 1. */
  lightFrom: number
  lightHard: number
  brightness: number
  warmth: number
  background: [hue: number, saturation: number, lightness: number]
  clothes: [hue: number, saturation: number, lightness: number]
  /** Standard deviation of the noise, in levels of 255. */
  noise: number
  noiseSeed: number
}

/** The view of a number of a person. It does not depend on what the person looks like. */
export function drawView(person: number, view: number, seed: number): View {
  const random: Random = randomFrom(seed, 2, person, view)
  return {
    yaw: random.near(0, 0.4),
    pitch: random.near(0, 0.35),
    roll: random.near(0, 4),
    shift: [random.near(0, 2), random.near(0, 2)],
    scale: random.near(1, 0.035),
    smile: random.near(0.15, 0.4),
    mouthOpen: random.chance(0.3) ? random.between(0.2, 1) : 0,
    eyesOpen: random.chance(0.06) ? 0.1 : random.between(0.75, 1.15),
    browRaise: random.near(0, 1.5),
    gaze: random.near(0, 0.4),
    lightFrom: random.between(-150, -30),
    lightHard: random.between(0.1, 0.65),
    brightness: random.near(1, 0.1),
    warmth: random.near(0, 0.05),
    background: [random.between(0, 360), random.between(0, 35), random.between(18, 85)],
    clothes: [random.between(0, 360), random.between(5, 50), random.between(15, 75)],
    noise: random.between(2, 8),
    noiseSeed: random.whole(0, 0x7fffffff),
  }
}
