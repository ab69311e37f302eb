// Pictures with many faces, to hold detectors against each other: faces of ORL, of LFW where ../shared/data is, and drawn ones, turned and
// scaled, on textured grounds. Deterministic in the seed.
//   node --import=tsx tools/peers/detector-scenes.ts FOLDER COUNT SEED [SIDE]    writes 000.png … and scenes.json; reduced to SIDE pixels
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { drawFace } from '@tiny-face/drawn-faces'
import { decodeImage, encodePng, type Pixels } from '@tiny-face/image-stream'
import { readRecordIO } from '@tiny-face/recordio-stream'
import { type RandomNumbers, randomFrom } from '@tiny-face/seeded-random'
import { detectionSize } from '../../packages/face-aligner/src/detect/detection-size.js'
import { resizeArea } from '../../packages/face-aligner/src/detect/resize-area.js'
import { fetchOrl } from '../fetch-orl.js'

const LFW = fileURLToPath(new URL('../../../shared/data/recordio/lfw_min10/train.rec', import.meta.url))
const KEPT_OF_LFW = 400
const DRAWN = 40
/** In pixels: the width of a face's picture in the scene, and the scene's longest side. */
export const FACE_WIDTHS = [24, 300] as const
const SCENE_SIDES = [320, 1280] as const
const MAX_FACES = 8
const MAX_TURN = 0.3

export interface SceneFace {
  /** The middle of its picture, and its width, in pixels. */
  x: number
  y: number
  width: number
  kind: 'orl' | 'lfw' | 'drawn'
}

export interface Scene {
  picture: Pixels
  faces: SceneFace[]
}

export interface FacePicture extends Pixels {
  kind: SceneFace['kind']
}

/** The faces that scenes are composed of: all of ORL, and as many of the others as it has. */
export async function facePictures(): Promise<FacePicture[]> {
  const pictures: FacePicture[] = []
  const orl = fetchOrl()
  for (const person of readdirSync(orl))
    for (const image of readdirSync(join(orl, person)))
      pictures.push({ ...(await decodeImage(readFileSync(join(orl, person, image)))), kind: 'orl' })
  if (existsSync(LFW))
    for (const record of readRecordIO([LFW], { order: { shuffle: 1 }, limit: KEPT_OF_LFW }))
      pictures.push({ ...(await decodeImage(record.image!)), kind: 'lfw' })
  for (let identity = 0; identity < DRAWN; identity++)
    pictures.push({ ...(await drawFace({ identity, view: 0, size: 224, seed: 1 })), kind: 'drawn' })
  return pictures
}

/** A scene that is a function of its number and the seed. */
export function drawScene(pictures: readonly FacePicture[], number: number, seed: number): Scene {
  const random = randomFrom([seed, number, 0, 0])
  const between = ([least, most]: readonly [number, number]) => least * (most / least) ** random.uniform()
  const longest = Math.round(between(SCENE_SIDES))
  const shortest = Math.round(longest * (0.55 + 0.45 * random.uniform()))
  const [width, height] = random.uniform() < 0.5 ? [longest, shortest] : [shortest, longest]
  const picture = ground(width, height, random)
  const faces: SceneFace[] = []
  for (let wanted = random.whole(1, MAX_FACES), tries = 0; wanted > 0 && tries < 50; tries++) {
    const face = pictures[random.whole(0, pictures.length - 1)]!
    const wide = Math.min(between(FACE_WIDTHS), shortest * 0.8)
    const round = 0.75 * wide
    const [x, y] = [round + random.uniform() * (width - 2 * round), round + random.uniform() * (height - 2 * round)]
    if (faces.some(other => Math.hypot(other.x - x, other.y - y) < 0.75 * (other.width + wide))) continue
    paste(picture, face, { x, y, width: wide, turn: MAX_TURN * (2 * random.uniform() - 1) })
    faces.push({ x, y, width: wide, kind: face.kind })
    wanted--
  }
  return { picture, faces }
}

/** A ground of waves of colour, edges and grain. */
function ground(width: number, height: number, random: RandomNumbers): Pixels {
  const pixels = new Uint8Array(width * height * 3)
  const waves = Array.from({ length: 4 }, () => ({
    x: (random.uniform() - 0.5) * 0.3 * random.uniform(),
    y: (random.uniform() - 0.5) * 0.3 * random.uniform(),
    start: random.uniform() * 7,
    colour: [random.uniform() * 50, random.uniform() * 50, random.uniform() * 50],
    edged: random.uniform() < 0.4,
  }))
  const base = [60 + random.uniform() * 130, 60 + random.uniform() * 130, 60 + random.uniform() * 130]
  for (let at = 0; at < pixels.length; at += 3) {
    const [x, y] = [(at / 3) % width, Math.floor(at / 3 / width)]
    const heights = waves.map(wave => {
      const value = Math.sin(wave.x * x + wave.y * y + wave.start)
      return wave.edged ? Math.sign(value) : value
    })
    const grain = (random.uniform() - 0.5) * 24
    for (let channel = 0; channel < 3; channel++) {
      const waved = waves.reduce((sum, { colour }, i) => sum + colour[channel]! * heights[i]!, base[channel]! + grain)
      pixels[at + channel] = Math.max(0, Math.min(255, waved))
    }
  }
  return { pixels, width, height }
}

/** Puts a face's picture into another: scaled (its own pixels averaged where it becomes smaller) and turned, in radians. */
function paste(picture: Pixels, face: Pixels, place: { x: number; y: number; width: number; turn: number }): void {
  const scale = face.width / place.width
  const samples = Math.max(1, Math.ceil(scale))
  const [sine, cosine] = [Math.sin(place.turn) * scale, Math.cos(place.turn) * scale]
  const reach = Math.ceil(Math.hypot(face.width, face.height) / 2 / scale) + 1
  const sums = [0, 0, 0]
  for (let y = Math.max(0, Math.floor(place.y - reach)); y < Math.min(picture.height, place.y + reach); y++) {
    for (let x = Math.max(0, Math.floor(place.x - reach)); x < Math.min(picture.width, place.x + reach); x++) {
      let inside = 0
      sums.fill(0)
      for (let part = 0; part < samples * samples; part++) {
        const dx = x - place.x + ((part % samples) + 0.5) / samples - 0.5
        const dy = y - place.y + (Math.floor(part / samples) + 0.5) / samples - 0.5
        const from = [face.width / 2 + cosine * dx + sine * dy, face.height / 2 - sine * dx + cosine * dy] as const
        if (addSample(face, from, sums)) inside++
      }
      if (inside < samples * samples) continue
      for (let channel = 0; channel < 3; channel++)
        picture.pixels[(y * picture.width + x) * 3 + channel] = Math.round(sums[channel]! / inside)
    }
  }
}

/** Adds the colour between four pixels; false beyond the picture. */
function addSample({ pixels, width, height }: Pixels, [x, y]: readonly [number, number], sums: number[]): boolean {
  const [left, top] = [Math.floor(x), Math.floor(y)]
  if (left < 0 || top < 0 || left >= width - 1 || top >= height - 1) return false
  const [right, down] = [x - left, y - top]
  const at = (top * width + left) * 3
  for (let channel = 0; channel < 3; channel++) {
    const upper = pixels[at + channel]! * (1 - right) + pixels[at + 3 + channel]! * right
    const below = at + width * 3 + channel
    const lower = pixels[below]! * (1 - right) + pixels[below + 3]! * right
    sums[channel]! += upper * (1 - down) + lower * down
  }
  return true
}

export const sceneName = (number: number) => `${String(number).padStart(3, '0')}.png`

async function writeScenes(folder: string, count: number, seed: number, side: number): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const pictures = await facePictures()
  const faces: SceneFace[][] = []
  for (let number = 0; number < count; number++) {
    const scene = drawScene(pictures, number, seed)
    const { width, height } = scene.picture
    const reduced = resizeArea(scene.picture, detectionSize(width, height, side))
    writeFileSync(join(folder, sceneName(number)), await encodePng(reduced))
    const scale = reduced.width / width
    faces.push(scene.faces.map(({ x, y, width, kind }) => ({ x: x * scale, y: y * scale, width: width * scale, kind })))
  }
  writeFileSync(join(folder, 'scenes.json'), JSON.stringify(faces))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, count, seed, side = Number.POSITIVE_INFINITY] = process.argv.slice(2)
  await writeScenes(folder!, Number(count), Number(seed), Number(side))
}
