import { inputFiller, NETWORKS, type Network, PRESETS } from '@tiny-face/arcface-model'
import { decodeImage, encodePng } from '@tiny-face/image-stream'
import t from 'tap'
import {
  AUGMENTATIONS,
  augmentImage,
  type Batch,
  type BatchOptions,
  batches,
  epochOrder,
  type TrainingSet,
} from '../src/index.js'
import { drawnSet, pixelsOf, withImage } from './drawn-set.js'

const SIZE = 4
const COUNT = 400
const BATCH = 20
const NETWORK: Network = { ...NETWORKS.mobilefacenet, size: SIZE }

/** An image left to right, written out by hand: not by the code under test. */
function leftToRight(values: Float32Array): Float32Array {
  const mirrored = new Float32Array(values.length)
  for (let y = 0; y < SIZE; y++)
    for (let x = 0; x < SIZE; x++)
      for (let c = 0; c < 3; c++) mirrored[(y * SIZE + x) * 3 + c] = values[(y * SIZE + SIZE - 1 - x) * 3 + c]!
  return mirrored
}

/** For each image in the order of the batches: which one it is, and whether it came mirrored. Throws where it is neither. */
function recognise({ images, labels }: Batch): { image: number; mirrored: boolean }[] {
  const fill = inputFiller(PRESETS.mxnet, { layout: 'nhwc', height: SIZE, width: SIZE })
  return Array.from(labels, (image, slot) => {
    const found = images.subarray(slot * SIZE * SIZE * 3, (slot + 1) * SIZE * SIZE * 3)
    const plain = new Float32Array(found.length)
    fill(plain, 0, pixelsOf(image, SIZE), false)
    const equals = (other: Float32Array) => found.every((value, i) => value === other[i])
    if (equals(plain)) return { image, mirrored: false }
    if (equals(leftToRight(plain))) return { image, mirrored: true }
    throw new Error(`image ${image} in slot ${slot} is neither itself nor its mirror image`)
  })
}

async function epochs(seed: number, count: number): Promise<{ image: number; mirrored: boolean }[][]> {
  const steps = (count * COUNT) / BATCH
  const all: { image: number; mirrored: boolean }[][] = Array.from({ length: count }, () => [])
  let step = 0
  for await (const batch of batches(await drawnSet({ count: COUNT, size: SIZE }), {
    network: NETWORK,
    batchSize: BATCH,
    seed,
    steps,
  })) {
    if (batch.step !== step++) throw new Error(`step ${batch.step} came in place of ${step - 1}`)
    all[batch.epoch]!.push(...recognise(batch))
  }
  return all
}

t.test('about half of the images come mirrored left to right, others in each epoch, all else as it is', async t => {
  const [first, second] = await epochs(1, 2)
  for (const [epoch, seen] of [first!, second!].entries()) {
    t.strictSame(
      seen.map(({ image }) => image),
      [...epochOrder(1, epoch, COUNT)],
      'each image once, in the order of the epoch',
    )
    const mirrored = seen.filter(({ mirrored }) => mirrored).length
    // Four standard deviations of 400 coins are 40.
    t.ok(Math.abs(mirrored - COUNT / 2) < 40, `epoch ${epoch}: ${mirrored} of ${COUNT} are mirrored`)
  }
  const byImage = new Map(first!.map(({ image, mirrored }) => [image, mirrored]))
  const alike = second!.filter(({ image, mirrored }) => byImage.get(image) === mirrored).length
  t.ok(Math.abs(alike - COUNT / 2) < 40, `${alike} of ${COUNT} images as in the epoch before`)
  const alikeByPlace = second!.filter(({ mirrored }, place) => first![place]!.mirrored === mirrored).length
  t.ok(Math.abs(alikeByPlace - COUNT / 2) < 40, `${alikeByPlace} of ${COUNT} places as in the epoch before`)
})

t.test('the same seed gives the same batches, another one others', async t => {
  const [first] = await epochs(1, 1)
  t.strictSame((await epochs(1, 1))[0], first)
  t.notSame((await epochs(2, 1))[0], first)
})

t.test('the incomplete batch at the end of an epoch is left out', async t => {
  const set = { ...(await drawnSet({ count: COUNT, size: SIZE })), count: 50 }
  const seen: number[] = []
  for await (const { epoch, labels } of batches(set, { network: NETWORK, batchSize: 20, seed: 1, steps: 4 })) {
    seen.push(epoch)
    t.equal(labels.length, 20)
  }
  t.strictSame(seen, [0, 0, 1, 1])
})

const SET = drawnSet({ count: 50, size: SIZE })

async function all(set: TrainingSet, options: Partial<BatchOptions> = {}): Promise<Batch[]> {
  const made: Batch[] = []
  for await (const batch of batches(set, { network: NETWORK, batchSize: 10, seed: 1, steps: 12, ...options }))
    made.push({ ...batch, images: batch.images.slice() })
  return made
}

t.test('a batch is the same whatever the number of threads, and where a run begins', async t => {
  const augment = AUGMENTATIONS.adaface
  const [one, three, resumed] = await Promise.all([
    all(await SET, { augment, threads: 1 }),
    all(await SET, { augment, threads: 3 }),
    all(await SET, { augment, from: 7 }),
  ])
  t.equal(one.length, 12)
  t.strictSame(three, one)
  t.strictSame(resumed, one.slice(7))
  t.strictSame(await all(await SET, { from: 12 }), [])
})

t.test('how an image comes is decided by seed, epoch and record, not by the batch', async t => {
  const set = await SET
  const augment = AUGMENTATIONS.adaface
  const fill = inputFiller(PRESETS.mxnet, { layout: 'nhwc', height: SIZE, width: SIZE })
  for (const batchSize of [10, 25]) {
    for (const { epoch, images, labels, records } of await all(set, { augment, batchSize, steps: 4 })) {
      t.strictSame([...labels], [...records])
      for (const [slot, record] of records.entries()) {
        const image = await decodeImage(set.image(record))
        const { pixels } = await augmentImage(image, { seed: 1, epoch, record }, augment)
        const expected = new Float32Array(pixels.length)
        fill(expected, 0, pixels, false)
        t.strictSame(images.slice(slot * pixels.length, (slot + 1) * pixels.length), expected)
      }
    }
  }
})

t.test('a bad image is an error when its batch is asked for: set, record, id', async t => {
  const set = await SET
  const record = epochOrder(1, 0, 50)[25]!
  const wrongSize = await encodePng({ pixels: new Uint8Array(5 * 4 * 3), height: 5, width: 4 })
  for (const [bytes, expected, found] of [
    [set.image(record).subarray(0, 60), 'a whole image', 'one that does not decode'],
    [wrongSize, 'an image of 4x4', '4x5'],
    [Uint8Array.of(1, 2, 3), 'a JPEG, PNG or PGM image', '0x010203'],
  ] as const) {
    const steps: number[] = []
    const train = async () => {
      for await (const { step } of batches(withImage(set, record, bytes), {
        network: NETWORK,
        batchSize: 10,
        seed: 1,
        steps: 5,
      }))
        steps.push(step)
    }
    await t.rejects(train(), { name: 'DataError', file: 'drawn', record, id: `id-${record}`, expected, found })
    t.strictSame(steps, [0, 1])
  }
})

t.test('a set that cannot be read is an error when the batch is asked for', async t => {
  const set = {
    ...(await SET),
    image: () => {
      throw new Error('no disk')
    },
  }
  await t.rejects(all(set), { message: 'no disk' })
})

t.test('two batches are made beside the one that is used', async t => {
  const set = await SET
  let read = 0
  const counted = {
    ...set,
    image: (i: number) => {
      read++
      return set.image(i)
    },
  }
  const memory: ArrayBufferLike[] = []
  // All within the first epoch: later ones read nothing.
  const options = { network: NETWORK, batchSize: 6, seed: 1, steps: 8, threads: 2 }
  for await (const { step, images } of batches(counted, options)) {
    t.equal(read, 6 * (step + 3), `in step ${step}`)
    t.notOk(memory.slice(-2).includes(images.buffer), 'what is made is not written over what is used')
    memory.push(images.buffer)
    if (step === 4) break
  }
})

t.test('a batch larger than the set is an error of the caller', async t => {
  await t.rejects(all(await SET, { batchSize: 51 }), RangeError)
})
