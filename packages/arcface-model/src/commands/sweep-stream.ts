import { basename } from 'node:path'
import { type ProgressBar, progressBar } from '@tiny-face/command-shell'
import { decodeImage, mapAhead } from '@tiny-face/image-stream'
import { copyRecord, type DataMap, type Pair, stdinRecords, tensorOf } from '@tiny-face/record-stream'
import { DataError, placed, UsageError, writeAll } from '@tiny-face/safe-files'
import { checkPairs, PairMeasurer } from '@tiny-face/verifier'
import { pixelsOfTensor } from '../embed.js'
import { openModel } from '../open-model.js'
import { parsePreprocessText } from '../preprocess-text.js'
import { type SweepFace, sweep } from '../sweep/sweep.js'
import { sweepTable } from '../sweep/sweep-table.js'
import type { Options } from './embed-stream.js'

/** Decoded images are kept: 12,000 of 112x112 take 0.45 GB. */
export const MAX_SWEEP_BYTES = 2 ** 31

const DECODED_AT_ONCE = 8

/** Tries ways to feed a network with the pairs of standard input, and writes to standard output what became of each. */
export async function sweepStream(options: Options): Promise<void> {
  const { model: modelOrRun, batchSize, unframed, flip } = options
  if (flip) throw new UsageError('--sweep tries mirror images itself: leave out --flip')
  const { name, order, mean, std, ...wish } =
    options.preprocess === undefined ? {} : parsePreprocessText(options.preprocess)
  if (name ?? order ?? mean ?? std)
    throw new UsageError('--sweep finds order, mean and std: --preprocess may say no more than layout and size')
  const open = (size?: number) =>
    openModel(modelOrRun, { ...options, preprocess: { name: 'raw', ...wish, ...(size !== undefined && { size }) } })
  const model = await open()
  const faces = await decodedFaces(stdinRecords({ unframed }))
  let bar: ProgressBar | undefined
  const found = await sweep(faces, model, {
    open,
    batchSize,
    onRound(images) {
      bar?.done()
      bar = progressBar({ unit: 'images', total: images })
    },
    onImages: count => bar?.advance(count),
  })
  bar?.done()
  await model.close()
  writeAll(1, Buffer.from(sweepTable(found, { name: basename(modelOrRun), grey: model.shape.channels === 1 })))
}

/** Reads all pairs before the first of them goes through a network: what is wrong with them is said at once. */
async function decodedFaces(reader: ReturnType<typeof stdinRecords>): Promise<SweepFace[]> {
  const { source, count } = reader.begin
  const measurer = new PairMeasurer(source === undefined ? {} : { source })
  const bar = progressBar({ unit: 'images decoded', total: count })
  const faces: SweepFace[] = []
  let bytes = 0
  for await (const face of mapAhead(pairedImages(reader, measurer), DECODED_AT_ONCE, face => decoded(face, source))) {
    bytes += face.image.pixels.length
    if (bytes > MAX_SWEEP_BYTES)
      throw new DataError({
        file: source,
        message: `a sweep keeps its images decoded, at most ${MAX_SWEEP_BYTES} bytes: give it fewer pairs`,
      })
    faces.push(face)
    bar.advance(1)
  }
  bar.done()
  checkPairs(measurer.finish().same, source)
  return faces
}

interface PairedImage {
  record: number
  pair: Pair
  given: Pick<DataMap, 'id' | 'image' | 'pixels'>
}

/** Copies of what a sweep needs of the records; the measurer sees that they make whole pairs. */
function* pairedImages(records: Iterable<DataMap>, measurer: PairMeasurer): Generator<PairedImage> {
  const embedding = tensorOf(Float32Array.of(1))
  let record = 0
  for (const { id, pair, image, pixels } of records) {
    measurer.add({ ...(id !== undefined && { id }), ...(pair !== undefined && { pair }), embedding })
    const given = copyRecord({ ...(image !== undefined && { image }), ...(pixels !== undefined && { pixels }) })
    yield { record: record++, pair: pair!, given: { ...given, ...(id !== undefined && { id }) } }
  }
}

async function decoded({ record, pair, given }: PairedImage, source: string | undefined): Promise<SweepFace> {
  const { id, image, pixels } = given
  try {
    if (pixels !== undefined) return { pair, image: pixelsOfTensor(pixels) }
    if (image === undefined) throw new DataError({ expected: 'a record with an image', found: 'none in it' })
    return { pair, image: await decodeImage(image) }
  } catch (error) {
    throw placed(error, { file: source, record, id })
  }
}
