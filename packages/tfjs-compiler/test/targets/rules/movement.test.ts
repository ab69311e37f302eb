import t from 'tap'
import { compareKernel, graphOf, near, randomValues, tensorValue, WAYS } from '../one-kernel.js'

const image = { shape: [2, 3, 5, 4] }
const indices = { shape: [4], dtype: 'int32' as const, values: Int32Array.of(2, 0, 1, 2) }

t.test('kernels that move elements', async t => {
  await compareKernel(t, 'Reshape', { x: image }, { shape: [2, 60] })
  await compareKernel(t, 'ExpandDims', { input: { shape: [2, 3] } }, { dim: 1 })
  await compareKernel(t, 'Transpose', { x: image }, { perm: [0, 2, 1, 3] })
  await compareKernel(t, 'Transpose', { x: { shape: [3, 4] } }, { perm: [1, 0] })
  await compareKernel(t, 'Slice', { x: image }, { begin: [0, 1, 2, 1], size: [2, 2, 2, -1] })
  await compareKernel(
    t,
    'PadV2',
    { x: image },
    {
      paddings: [
        [0, 0],
        [1, 2],
        [0, 1],
        [2, 0],
      ] as never,
      constantValue: 0.5,
    },
  )
  const reflected = [
    [0, 0],
    [1, 2],
    [0, 1],
    [2, 0],
  ]
  await compareKernel(t, 'MirrorPad', { x: image }, { paddings: reflected as never, mode: 'reflect' })
  await compareKernel(t, 'Tile', { x: image }, { reps: [1, 2, 1, 3] })
  await compareKernel(t, 'Reverse', { x: image }, { dims: [1, 3] })
  await compareKernel(t, 'GatherV2', { x: { shape: [3, 5] }, indices }, { axis: 0, batchDims: 0 })
  await compareKernel(t, 'GatherV2', { x: { shape: [5, 3] }, indices }, { axis: 1, batchDims: 0 })
  await compareKernel(t, 'UnsortedSegmentSum', { x: { shape: [4, 5] }, segmentIds: indices }, { numSegments: 3 })
  await compareKernel(t, 'Unpack', { value: image }, { axis: 1 })
  await compareKernel(t, 'SplitV', { x: image }, { numOrSizeSplits: [1, 4], axis: 2 })
})

t.test('OneHot leaves a row off where the index is out of range', async t => {
  const classes = { shape: [4], dtype: 'int32' as const, values: Int32Array.of(2, -1, 0, 3) }
  await compareKernel(t, 'OneHot', { indices: classes }, { depth: 3, onValue: 1, offValue: 0, dtype: 'float32' })
  await compareKernel(t, 'OneHot', { indices: classes }, { depth: 3, onValue: 5, offValue: -2, dtype: 'float32' })
})

t.test('Fill, Concat', async t => {
  const [filled, joined] = [tensorValue(image), tensorValue({ shape: [2, 3, 5, 8] })]
  const x = tensorValue(image)
  const nodes = [
    { op: 'Fill', inputs: [], outputs: [filled], attributes: { shape: [2, 3, 5, 4], value: 0.5, dtype: 'float32' } },
    { op: 'Concat', inputs: [x, filled], outputs: [joined], attributes: { axis: 3 } },
  ]
  const values = randomValues(120)
  const expected = Array.from({ length: 240 }, (_, i) => (i % 8 < 4 ? values[4 * Math.floor(i / 8) + (i % 8)]! : 0.5))
  for (const [way, run] of Object.entries(await WAYS))
    near(t, (await run(graphOf(nodes, { x }, { joined }), { x: values })).joined!, expected, `Concat ${way}`)
})
