// A face that is large in its photo: does a network see the same person in what we make of it (squares of pixels averaged first) and in what
// insightface's norm_crop makes of it (four pixels taken here and there)? Each is compared, by the cosine of embeddings, with the face out of the
// photo that was reduced by Lanczos' kernel to where the face has the template's size; the photo is also enlarged, and given a camera's noise.
//   node --import=tsx tools/peers/compare-reductions.ts PHOTOS MODEL [PREPROCESS]      PHOTOS: a folder of photos with faces
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { embedder, openModel, parsePreprocessText } from '@tiny-face/arcface-model'
import { alignFace, type FivePoints, openDetector, templatePoints } from '@tiny-face/face-aligner'
import { openPhoto, type Pixels } from '@tiny-face/image-stream'
import { tensorValues } from '@tiny-face/record-stream'
import { xoroshiro } from '@tiny-face/seeded-random'
import sharp from 'sharp'
import { estimateSimilarity, scaleOf } from '../../packages/face-aligner/src/align/similarity.js'
import { mapPoints } from '../../packages/face-aligner/src/align/template.js'
import { warpSimilarity } from '../../packages/face-aligner/src/align/warp.js'

const TARGET = { size: 112, template: 'arcface' } as const
const ENLARGED = [1, 2, 4]
/** Standard deviations, in levels. */
const NOISE = [0, 5, 10]
const random = xoroshiro(1)

const [folder, file, preprocess] = process.argv.slice(2)
const detector = await openDetector('yunet')
const model = await openModel(file!, {
  engine: 'onnx',
  preprocess: preprocess === undefined ? undefined : parsePreprocessText(preprocess),
})
const embed = embedder(model)
const wanted = templatePoints('arcface', TARGET.size)
const found = new Map<string, { crop: number; averaged: number; scale: number }[]>()
for (const name of readdirSync(folder!)) {
  const photo = await (await openPhoto(readFileSync(join(folder!, name)))).reduced(Number.POSITIVE_INFINITY)
  const faces = await detector.detect(photo)
  for (const times of ENLARGED) {
    const enlarged = await resized(photo, photo.width * times, photo.height * times)
    for (const sigma of NOISE) {
      const noisy = withNoise(enlarged, sigma)
      for (const { points } of faces) {
        const scale = scaleOf(estimateSimilarity(points, wanted))
        if (scale / times >= 0.5) continue
        const small = await resized(photo, Math.round(photo.width * scale), Math.round(photo.height * scale))
        const reference = alignFace(small, placed(points, photo, small), TARGET)
        const inNoisy = placed(points, photo, noisy)
        const crop = warpSimilarity(noisy, estimateSimilarity(inNoisy, wanted), TARGET.size)
        const averaged = alignFace(noisy, inNoisy, TARGET)
        const embeddings = await embed([reference.pixels, crop.pixels, averaged.pixels], false)
        const [own, ...others] = embeddings.map(tensor => Array.from(tensorValues(tensor), Number))
        const [a, b] = others.map(other => cosine(own!, other))
        const row = `enlarged ${times} times, noise of ${sigma} levels`
        found.set(row, [...(found.get(row) ?? []), { crop: a!, averaged: b!, scale: scale / times }])
      }
    }
  }
}
for (const [row, faces] of found) {
  const mean = (of: (face: (typeof faces)[number]) => number) =>
    (faces.reduce((sum, face) => sum + of(face), 0) / faces.length).toFixed(4)
  const least = (of: (face: (typeof faces)[number]) => number) => Math.min(...faces.map(of)).toFixed(3)
  const [crop, averaged] = [
    (face: (typeof faces)[number]) => face.crop,
    (face: (typeof faces)[number]) => face.averaged,
  ]
  console.log(
    `${row}: ${faces.length} faces, scale ${mean(face => face.scale)}: norm_crop ${mean(crop)} (least ${least(crop)}), averaged ${mean(averaged)} (least ${least(averaged)})`,
  )
}
await model.close()
await detector.close()

async function resized({ pixels, width, height }: Pixels, toWidth: number, toHeight: number): Promise<Pixels> {
  const image = sharp(pixels, { raw: { width, height, channels: 3 }, limitInputPixels: false })
  const data = await image.resize(toWidth, toHeight, { fit: 'fill' }).raw().toBuffer()
  return { pixels: new Uint8Array(data), width: toWidth, height: toHeight }
}

/** Points of a picture in the same picture of another size. */
function placed(points: FivePoints, from: Pixels, to: Pixels): FivePoints {
  const [across, down] = [to.width / from.width, to.height / from.height]
  return mapPoints(points, ([x, y]) => [(x + 0.5) * across - 0.5, (y + 0.5) * down - 0.5])
}

/** Nearly normal: the sum of four uniform numbers. */
function withNoise({ pixels, width, height }: Pixels, sigma: number): Pixels {
  const sum = () => random.uniform() + random.uniform() + random.uniform() + random.uniform() - 2
  const noisy = pixels.map(value => Math.max(0, Math.min(255, Math.round(value + sigma * Math.sqrt(3) * sum()))))
  return { pixels: sigma === 0 ? pixels : noisy, width, height }
}

function cosine(one: readonly number[], other: readonly number[]): number {
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)
  return dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other))
}
