// Ways to cut a face out for face-api's recogniser, by what it makes of the pairs of a set. See compare-alignments.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { exportNetwork, inputFiller, NETWORKS, openOnnxModel, readPublishedWeights } from '@tiny-face/arcface-model'
import { binRecords, openBin } from '@tiny-face/bin-stream'
import { alignFace, type FaceDetector, type FivePoints, openDetector } from '@tiny-face/face-aligner'
import { decodeImage, encodePng, type Pixels, readPgm, resizeImage } from '@tiny-face/image-stream'
import { type Pair, tensorOf } from '@tiny-face/record-stream'
import { xoroshiro } from '@tiny-face/seeded-random'
import { PairMeasurer, verify } from '@tiny-face/verifier'
import { fetchOrl } from '../fetch-orl.js'
import { type FaceApi, type FaceLandmarks, faceApiFolder, loadFaceApi, loadWeights } from './face-api.js'

const SIDE = 150
/** Sets are cut close to the face, where detectors want to see more: black around it, in parts of its sides. */
const MARGIN = 0.5
const PEOPLE = 40
const IMAGES = 10

interface Face {
  readonly picture: Pixels
  readonly pairs: readonly Pair[]
}

/** A face of 150x150, or undefined where it is not found. */
type Way = (face: Pixels) => Promise<Pixels | undefined>

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { orl: { type: 'boolean' }, landmarks: { type: 'boolean' }, pairs: { type: 'string' } },
})
const faces = values.orl ? orlFaces() : await binFaces(positionals[0]!, Number(values.pairs ?? Infinity))
const [yunet, mtcnn] = [await openDetector('yunet'), await openDetector('mtcnn')]
const ways: Record<string, Way> = {
  'as it is, 150x150': picture => resized(picture),
  'yunet, arcface': picture => aligned(picture, yunet, 'arcface'),
  'yunet, dlib': picture => aligned(picture, yunet, 'dlib'),
  'mtcnn, arcface': picture => aligned(picture, mtcnn, 'arcface'),
  'mtcnn, dlib': picture => aligned(picture, mtcnn, 'dlib'),
}
if (values.landmarks) {
  const faceApi = await openLandmarks()
  const kept = new Map<Pixels, Promise<FaceLandmarks>>()
  const landmarks = (picture: Pixels) => {
    const known = kept.get(picture) ?? landmarksOf(faceApi, picture)
    kept.set(picture, known)
    return known
  }
  ways['68 points, box around them'] = async picture => cut(picture, (await landmarks(picture)).align())
  ways['68 points, box of dlib'] = async picture =>
    cut(picture, (await landmarks(picture)).align(undefined, { useDlibAlignment: true }))
  ways['68 points, dlib'] = async picture =>
    alignFace(picture, fivePoints(await landmarks(picture)), { size: SIDE, template: 'dlib' })
}

const { network, embeddingSize, weights } = await readPublishedWeights('face-api')
const model = await openOnnxModel(exportNetwork(NETWORKS[network], weights, embeddingSize), { file: 'face-api' })
const fill = inputFiller(model.normalisation, model.shape)
const cuts = new Map<string, (Pixels | undefined)[]>()
for (const [name, way] of Object.entries(ways)) {
  const pictures: (Pixels | undefined)[] = []
  for (const { picture } of faces) pictures.push(await way(picture))
  cuts.set(name, pictures)
}
const missing = new Set(
  faces.flatMap((_, i) => ([...cuts.values()].some(pictures => pictures[i] === undefined) ? [i] : [])),
)
const dropped = new Set([...missing].flatMap(i => faces[i]!.pairs.map(({ index }) => index)))
console.log(
  `${faces.length} images, ${missing.size} in which a detector finds no face: their ${dropped.size} pairs are left out`,
)
for (const [name, pictures] of cuts) {
  for (const flip of [false, true]) {
    const measurer = new PairMeasurer()
    for (const [i, { pairs }] of faces.entries()) {
      if (missing.has(i)) continue
      const embedding = await embed(pictures[i]!, false)
      const flipped = flip ? { flipped: tensorOf(await embed(pictures[i]!, true)) } : {}
      for (const pair of pairs)
        if (!dropped.has(pair.index)) measurer.add({ pair, embedding: tensorOf(embedding), ...flipped })
    }
    const { accuracy, eer, tar, xnorm } = verify(measurer.finish())
    console.log(
      `${name.padEnd(28)} ${flip ? 'flip' : '    '}  accuracy ${accuracy.mean.toFixed(4)} ± ${accuracy.std.toFixed(4)}  EER ${eer.toFixed(4)}  TAR@FAR=1e-2 ${tar['1e-2'].mean.toFixed(4)}  norm ${xnorm.toFixed(3)}`,
    )
  }
}
for (const opened of [yunet, mtcnn, model]) await opened.close()

async function embed({ pixels }: Pixels, mirrored: boolean): Promise<Float32Array> {
  const input = new Float32Array(pixels.length)
  fill(input, 0, pixels, mirrored)
  return model.embed(input, 1)
}

async function binFaces(file: string, most: number): Promise<Face[]> {
  const faces: Face[] = []
  for (const { image, pair } of binRecords(openBin(file)))
    if (pair!.index < most) faces.push({ picture: await decodeImage(Uint8Array.from(image!)), pairs: [pair!] })
  return faces
}

/** All pairs of one person, and as many of two, drawn. */
function orlFaces(): Face[] {
  const folder = fetchOrl()
  const two = (n: number) => String(n).padStart(2, '0')
  const faces: { picture: Pixels; pairs: Pair[] }[] = []
  for (let person = 1; person <= PEOPLE; person++)
    for (let image = 1; image <= IMAGES; image++)
      faces.push({
        picture: inColours(readPgm(readFileSync(join(folder, `s${two(person)}/${two(image)}.pgm`)))),
        pairs: [],
      })
  const { uniform } = xoroshiro(1)
  const draw = (below: number) => Math.floor(below * uniform())
  let index = 0
  const add = (a: number, b: number, same: boolean) => {
    faces[a]!.pairs.push({ index, side: 0, same })
    faces[b]!.pairs.push({ index, side: 1, same })
    index++
  }
  for (let person = 0; person < PEOPLE; person++)
    for (let i = 0; i < IMAGES; i++)
      for (let j = 0; j < i; j++) {
        add(person * IMAGES + i, person * IMAGES + j, true)
        const other = (person + 1 + draw(PEOPLE - 1)) % PEOPLE
        add(person * IMAGES + i, other * IMAGES + draw(IMAGES), false)
      }
  return faces
}

function inColours({ pixels, width, height }: Pixels): Pixels {
  return { width, height, pixels: Uint8Array.from({ length: 3 * pixels.length }, (_, i) => pixels[Math.floor(i / 3)]!) }
}

async function resized(picture: Pixels): Promise<Pixels> {
  return decodeImage(await resizeImage(await encodePng(picture), SIDE))
}

async function aligned(
  face: Pixels,
  detector: FaceDetector,
  template: 'arcface' | 'dlib',
): Promise<Pixels | undefined> {
  const margin = Math.round(MARGIN * face.width)
  const wide = part(face, -margin, -margin, face.width + 2 * margin, face.height + 2 * margin)
  const [found] = await detector.detect(wide)
  return found && alignFace(wide, found.points, { size: SIDE, template })
}

/** A part of a picture, black where it reaches beyond. */
function part({ pixels, width, height }: Pixels, left: number, top: number, wide: number, high: number): Pixels {
  const cut = new Uint8Array(3 * wide * high)
  for (let y = Math.max(0, top); y < Math.min(height, top + high); y++) {
    const [from, to] = [Math.max(0, left), Math.min(width, left + wide)]
    cut.set(pixels.subarray(3 * (y * width + from), 3 * (y * width + to)), 3 * ((y - top) * wide + from - left))
  }
  return { pixels: cut, width: wide, height: high }
}

async function openLandmarks(): Promise<FaceApi> {
  const folder = await faceApiFolder()
  const faceApi = await loadFaceApi(folder)
  loadWeights(faceApi, faceApi.nets.faceLandmark68Net, folder, 'face_landmark_68_model')
  return faceApi
}

/** The whole picture is the box of a face. */
async function landmarksOf({ tf, nets }: FaceApi, { pixels, width, height }: Pixels): Promise<FaceLandmarks> {
  const image = tf.tensor(Float32Array.from(pixels), [height, width, 3])
  const landmarks = await nets.faceLandmark68Net.detectLandmarks(image)
  image.dispose()
  return landmarks
}

/** As extractFaces does, within the picture; a box that is no square gets black on both sides, as toBatchTensor has it. */
async function cut(picture: Pixels, box: ReturnType<FaceLandmarks['align']>): Promise<Pixels> {
  const [left, top] = [Math.max(0, Math.floor(box.x)), Math.max(0, Math.floor(box.y))]
  const width = Math.min(picture.width, Math.floor(box.x + box.width)) - left
  const height = Math.min(picture.height, Math.floor(box.y + box.height)) - top
  const side = Math.max(width, height)
  const face = part(picture, left, top, width, height)
  return resized(part(face, -Math.floor((side - width) / 2), -Math.floor((side - height) / 2), side, side))
}

function fivePoints({ positions }: FaceLandmarks): FivePoints {
  const mean = (from: number, to: number) => {
    const points = positions.slice(from, to)
    const along = (axis: 'x' | 'y') => points.reduce((sum, point) => sum + point[axis], 0) / points.length
    return [along('x'), along('y')] as const
  }
  return [mean(36, 42), mean(42, 48), mean(30, 31), mean(48, 49), mean(54, 55)]
}
