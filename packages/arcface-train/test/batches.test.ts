import { inputFiller, NETWORKS, type Network, PRESETS } from '@tiny-face/arcface-model'
import { encodePng } from '@tiny-face/image-stream'
import t from 'tap'
import { type Batch, batches, epochOrder, type TrainingSet } from '../src/index.js'

const SIZE = 4
const COUNT = 400
const BATCH = 20
const NETWORK: Network = { ...NETWORKS.mobilefacenet, size: SIZE }

/** Every pixel of every image differs from its neighbours left, right, above and below. */
function pixelsOf(image: number): Uint8Array {
  return Uint8Array.from({ length: SIZE * SIZE * 3 }, (_, i) => (i * 37 + image * 101 + (i >> 3)) % 251)
}

async function drawnSet(): Promise<TrainingSet> {
  const images = await Promise.all(
    Array.from({ length: COUNT }, (_, image) => encodePng({ pixels: pixelsOf(image), height: SIZE, width: SIZE })),
  )
  // A label tells which image it is.
  return { count: COUNT, classes: COUNT, source: 'drawn', label: i => i, image: i => images[i]!, close() {} }
}

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
    fill(plain, 0, pixelsOf(image), false)
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
  for await (const batch of batches(await drawnSet(), { network: NETWORK, batchSize: BATCH, seed, steps })) {
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
  const set = { ...(await drawnSet()), count: 50 }
  const seen: number[] = []
  for await (const { epoch, labels } of batches(set, { network: NETWORK, batchSize: 20, seed: 1, steps: 4 })) {
    seen.push(epoch)
    t.equal(labels.length, 20)
  }
  t.strictSame(seen, [0, 0, 1, 1])
})
