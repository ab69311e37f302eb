import type { Pixels } from '@tiny-face/image-stream'
import t, { type Test } from 'tap'
import { type ModelNode, onnxModel } from '../../../onnx-session/test/onnx-model.js'
import { openOnnxModel } from '../../src/open-onnx-model.js'
import { CROPS, normalisationOf, SCALING_NAMES, type Scaling, SIZES } from '../../src/sweep/combinations.js'
import { pAgainst, type SweepFace, sweep } from '../../src/sweep/sweep.js'
import { sweepTable } from '../../src/sweep/sweep-table.js'

// A network that sees of each pixel only whether its first channel is above what was the mean while it was trained; and faces whose
// first channel is near that mean, above it or below it in a pattern for each person. Fed in any other way it is as good as blind.
const SIDE = 8
const PAIRS = 40
/** Where two thirds of the images say nothing at first. */
const DAZZLED_PAIRS = 80

/** What the first channel is compared with, in the network's own units. */
const THRESHOLD: Record<Scaling, number> = { '127.5': 0, '128': 0, imagenet: 0, none: 127.5, '/255': 0.5 }

interface Planted {
  order: 'rgb' | 'bgr'
  scaling: Scaling
  /** Pixels at each edge of an image that do not belong there: white in two of three images. */
  edge?: number
}

/** Numbers that look random. */
function randomBits(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

function faces({ order, scaling, edge = 0 }: Planted): SweepFace[] {
  const random = randomBits(7)
  const { mean, std } = normalisationOf({ order, scaling })
  const level = mean[0] + std[0] * THRESHOLD[scaling]
  const side = SIDE + 2 * edge
  const inside = (y: number, x: number) => [y, x].every(at => at >= edge && at < edge + SIDE)
  const picture = (pattern: readonly boolean[]): Pixels => {
    const pixels = Uint8Array.from({ length: side * side * 3 }, () => 256 * random())
    const white = random() < 2 / 3
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        const high = inside(y, x) ? pattern[(y - edge) * SIDE + x - edge]! : random() < 0.5
        const value = !inside(y, x) && white ? 255 : Math.round(level + (high ? 2.4 : -2.4))
        pixels[(y * side + x) * 3 + (order === 'rgb' ? 0 : 2)] = value
      }
    return { pixels, height: side, width: side }
  }
  const person = () => Array.from({ length: SIDE * SIDE }, () => random() < 0.5)
  // A tenth of what one sees of a person is different next time.
  const again = (pattern: readonly boolean[]) => pattern.map(high => (random() < 0.1 ? !high : high))
  return Array.from({ length: edge === 0 ? PAIRS : DAZZLED_PAIRS }, (_, index) => {
    const same = index % 2 === 0
    const left = person()
    const sides = [left, same ? again(left) : person()]
    return sides.map((pattern, side) => ({ pair: { index, side: side as 0 | 1, same }, image: picture(pattern) }))
  }).flat()
}

/** `after` makes `vector` of `signs` and `first`. */
async function network(t: Test, { scaling }: Planted, after?: ModelNode[]) {
  const model = await openOnnxModel(
    onnxModel({
      inputs: [{ name: 'face', dtype: 'float32', shape: ['n', 3, SIDE, SIDE] }],
      outputs: [{ name: 'vector', dtype: 'float32', shape: ['n', SIDE * SIDE] }],
      nodes: [
        { op: 'Slice', inputs: ['face', 'zero', 'one', 'one'], outputs: ['channel'] },
        { op: 'Flatten', inputs: ['channel'], outputs: ['first'], attributes: { axis: 1 } },
        { op: 'Sub', inputs: ['first', 'threshold'], outputs: ['over'] },
        { op: 'Sign', inputs: ['over'], outputs: ['signs'] },
        ...(after ?? [{ op: 'Identity', inputs: ['signs'], outputs: ['vector'] }]),
      ],
      constants: {
        zero: { shape: [1], data: BigInt64Array.of(0n) },
        one: { shape: [1], data: BigInt64Array.of(1n) },
        threshold: { shape: [], data: Float32Array.of(THRESHOLD[scaling]) },
        bright: { shape: [], data: Float32Array.of(THRESHOLD[scaling] + 0.5) },
      },
    }),
    { preprocess: 'raw', threads: 1, remark: () => {} },
  )
  t.teardown(() => model.close())
  return model
}

const never = () => Promise.reject(new Error('no other size is asked for'))

for (const order of ['rgb', 'bgr'] as const)
  for (const scaling of SCALING_NAMES)
    t.test(`finds ${order} and ${scaling} among all`, async t => {
      const planted = { order, scaling }
      const model = await network(t, planted)
      const { trials, base } = await sweep(faces(planted), model, { open: never, batchSize: 16 })
      // Whether it is divided by 127.5 or 128, the sign is the same: that cannot be told apart, and the first is named.
      const found = scaling === '128' ? '127.5' : scaling
      t.match(base, { order, scaling: found, mirror: false, size: SIDE, crop: 1 })
      t.ok(base.result!.verification.accuracy.mean > 0.95)
      t.equal(trials.length, 2 * 5 + 1 + CROPS.length - 1)
      for (const trial of trials.filter(({ crop, mirror }) => crop === 1 && !mirror)) {
        const alike =
          trial.order === order && (trial.scaling === scaling || [trial.scaling, scaling].sort().join() === '127.5,128')
        t.equal(pAgainst(trial, base) >= 0.05, alike, `${trial.order} ${trial.scaling}`)
      }
      const table = sweepTable({ trials, base }, { name: 'model.onnx', grey: false })
      t.match(
        table,
        /^model\.onnx was made for (rgb|bgr) mean=\S+ std=\S+, whole images, 8x8\.\nThat is --preprocess \S+/,
      )
      if (['127.5', '128'].includes(scaling)) t.match(table, new RegExp(`cannot tell it from: .*${order} 128`))
    })

t.test('a crop that is better by more than chance is found, and the colours are tried again with it', async t => {
  const planted = { order: 'bgr', scaling: 'imagenet', edge: 1 } as const
  // What is too bright anywhere dazzles it: every such picture is the same to it.
  const model = await network(t, planted, [
    { op: 'ReduceMax', inputs: ['first'], outputs: ['most'], attributes: { axes: [1], keepdims: 1 } },
    { op: 'Less', inputs: ['most', 'bright'], outputs: ['clear'] },
    { op: 'Where', inputs: ['clear', 'signs', 'bright'], outputs: ['vector'] },
  ])
  const rounds: number[] = []
  let images = 0
  const { trials, base } = await sweep(faces(planted), model, {
    open: never,
    batchSize: 32,
    onRound: count => rounds.push(count),
    onImages: count => {
      images += count
    },
  })
  t.match(base, { order: 'bgr', scaling: 'imagenet', crop: 0.8 })
  t.equal(rounds.length, 4)
  t.equal(
    images,
    rounds.reduce((sum, count) => sum + count),
  )
  t.equal(images, trials.length * 2 * DAZZLED_PAIRS)
  t.ok(trials.some(({ order, crop }) => order === 'rgb' && crop === 0.8))
})

t.test('what gives no numbers is said to give none', async t => {
  const planted = { order: 'rgb', scaling: 'none' } as const
  // The root of what is below 0 is no number, and nothing that is made of it.
  const model = await network(t, planted, [
    { op: 'Sqrt', inputs: ['first'], outputs: ['root'] },
    { op: 'Mul', inputs: ['root', 'root'], outputs: ['square'] },
    { op: 'Sub', inputs: ['square', 'square'], outputs: ['nothing'] },
    { op: 'Add', inputs: ['signs', 'nothing'], outputs: ['vector'] },
  ])
  const { trials, base } = await sweep(faces(planted), model, { open: never, batchSize: 32 })
  t.match(base, planted)
  const blind = trials.filter(({ result }) => result === undefined)
  const table = sweepTable({ trials, base }, { name: 'model.onnx', grey: false })
  t.match(table, /none +rgb +127\.5 .*gives no embeddings/)
  t.same(trials.slice(-blind.length), blind, 'they are the last')
  // Colours that begin with blue have a mean below all of these in ImageNet.
  t.equal(blind.length, 2 * 3 - 1)
})

t.test('sizes are tried where the network takes any, whole numbers where it takes only those', async t => {
  const opened: number[] = []
  const of = async (size: number) =>
    openOnnxModel(
      onnxModel({
        inputs: [{ name: 'face', dtype: 'uint8', shape: ['n', 3, 'h', 'w'] }],
        outputs: [{ name: 'vector', dtype: 'float32', shape: ['n', 48] }],
        nodes: [
          { op: 'Cast', inputs: ['face'], outputs: ['x'], attributes: { to: 1 } },
          { op: 'Slice', inputs: ['x', 'from', 'to', 'axes'], outputs: ['corner'] },
          { op: 'Flatten', inputs: ['corner'], outputs: ['vector'], attributes: { axis: 1 } },
        ],
        constants: {
          from: { shape: [2], data: BigInt64Array.of(0n, 0n) },
          to: { shape: [2], data: BigInt64Array.of(4n, 4n) },
          axes: { shape: [2], data: BigInt64Array.of(2n, 3n) },
        },
      }),
      { preprocess: { name: 'raw', size }, threads: 1, remark: () => {} },
    )
  const few = faces({ order: 'rgb', scaling: 'none' }).slice(0, 24)
  const { trials } = await sweep(few, await of(112), {
    batchSize: 32,
    open(size) {
      opened.push(size)
      return of(size)
    },
  })
  t.same(
    opened,
    SIZES.filter(size => size !== 112),
  )
  t.same([...new Set(trials.map(({ scaling }) => scaling))], ['none'])
  t.equal(trials.length, 2 + 1 + (CROPS.length - 1) + (SIZES.length - 1))
})
