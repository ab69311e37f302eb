import { mapAhead, type Pixels } from '@tiny-face/image-stream'
import { copyRecord, type DataMap, type Tensor, tensorOf } from '@tiny-face/record-stream'
import { DataError, placed } from '@tiny-face/safe-files'
import { DEFAULT_BATCH_SIZE, type FaceModel } from './face-model.js'
import { checkInputSize, decodeInput, type InputShape, inputFiller, inputSize } from './network-input.js'

export interface EmbedOptions {
  /** Also embeds each image mirrored left to right. */
  flip?: boolean
  /** Images for one run of the network where it takes any number. */
  batchSize?: number
  /** What the records come from, for messages. */
  source?: string
}

/**
 * Adds to every record the network's raw output for its image as `embedding` (float32 `[size]`, not normalised), and with
 * `flip` that for its mirror image as `flipped`. All other fields are passed on. While the network runs one batch, the
 * images of the next are decoded on other threads; no more than two batches of records are held.
 *
 * @throws DataError, naming the record, where there is no image, or one that cannot be decoded or is not of the size that the
 *   network takes
 */
export async function* embedRecords(
  records: Iterable<DataMap>,
  model: FaceModel,
  { flip = false, batchSize = DEFAULT_BATCH_SIZE, source }: EmbedOptions = {},
): AsyncGenerator<DataMap> {
  const embed = embedder(model)
  const place = source === undefined ? {} : { file: source }
  const load = (batch: Numbered[]) => loadBatch(batch, model.shape, place)
  for await (const batch of mapAhead(batches(records, batchSize), 1, load)) {
    const pixels = batch.map(({ pixels }) => pixels)
    const embeddings = await embed(pixels, false)
    const mirrored = flip ? await embed(pixels, true) : undefined
    for (const [i, { record }] of batch.entries()) {
      // A mirrored embedding that came in belongs to another network's.
      const { flipped: _, ...rest } = record
      yield { ...rest, embedding: embeddings[i]!, ...(mirrored && { flipped: mirrored[i]! }) }
    }
  }
}

/**
 * The network as a function of images: RGB pixels `[height, width, 3]` of the model's size, any number of them, to one raw
 * output each.
 */
export function embedder(model: FaceModel): (images: readonly Uint8Array[], mirrored: boolean) => Promise<Tensor[]> {
  const { batch } = model
  const fill = inputFiller(model.normalisation, model.shape)
  return async (images, mirrored) => {
    const embeddings: Tensor[] = []
    const size = batch ?? images.length
    const data = new Float32Array(size * inputSize(model.shape))
    while (embeddings.length < images.length) {
      // Where a fixed batch is not filled, what is left of the one before stays in it, and its outputs are not read.
      const chunk = images.slice(embeddings.length, embeddings.length + size)
      for (const [slot, pixels] of chunk.entries()) fill(data, slot, pixels, mirrored)
      embeddings.push(...rowsOf(model, await model.embed(data, size), size).slice(0, chunk.length))
    }
    return embeddings
  }
}

function rowsOf({ file }: FaceModel, values: Float32Array, rows: number): Tensor[] {
  const size = values.length / rows
  if (!Number.isInteger(size) || size === 0)
    throw new DataError({ file, expected: `an output of ${rows} rows`, found: `${values.length} values` })
  return Array.from({ length: rows }, (_, row) => tensorOf(values.slice(row * size, (row + 1) * size)))
}

interface Numbered {
  record: DataMap
  number: number
}

interface Loaded {
  record: DataMap
  pixels: Uint8Array
}

/** Copies of the records: their bytes hold only until the next one is asked for. */
function* batches(records: Iterable<DataMap>, size: number): Generator<Numbered[]> {
  let batch: Numbered[] = []
  let number = 0
  for (const record of records) {
    batch.push({ record: copyRecord(record), number: number++ })
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

function loadBatch(batch: readonly Numbered[], shape: InputShape, place: { file?: string }): Promise<Loaded[]> {
  return Promise.all(
    batch.map(async ({ record, number }) => {
      try {
        return { record, pixels: await pixelsOf(record, shape) }
      } catch (error) {
        throw placed(error, { ...place, record: number, id: record.id })
      }
    }),
  )
}

async function pixelsOf({ pixels, image }: DataMap, shape: InputShape): Promise<Uint8Array> {
  if (pixels) {
    const given = pixelsOfTensor(pixels)
    checkInputSize(given, shape)
    return given.pixels
  }
  if (image === undefined) throw new DataError({ expected: 'a record with an image', found: 'none in it' })
  return (await decodeInput(image, shape)).pixels
}

/** @throws DataError where a record's `pixels` are none */
export function pixelsOfTensor({ dtype, shape, data }: Tensor): Pixels {
  const [height, width, channels] = shape as [number, number, number]
  if (dtype !== 'uint8' || shape.length !== 3 || channels !== 3 || height * width * 3 !== data.length)
    throw new DataError({
      expected: 'pixels of uint8 [height, width, 3]',
      found: `${dtype} [${shape.join(', ')}] in ${data.length} bytes`,
    })
  return { pixels: data, height, width }
}
