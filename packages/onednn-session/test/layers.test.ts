/** The primitives of a network's layers and their gradients, against sums in float64 over the formulas. Images are [batch, channels, height, width]. */
import t from 'tap'
import { createPrimitive, loadLibrary, setThreads } from '../src/index.js'
import { libraryFile } from './library-file.js'
import { near, numbers, run, Tensor, tensorsOf } from './tensor.js'

const [N, C, H, W] = [2, 3, 4, 4] as const
const SHAPE = [N, C, H, W]
const COUNT = N * C * H * W
const AREA = H * W
const channelOf = (i: number) => Math.floor(i / AREA) % C

t.test("layers' primitives", { skip: libraryFile === undefined }, async t => {
  const library = loadLibrary(libraryFile!)
  setThreads(library, 2)
  const tensor = tensorsOf(library)
  const x = numbers(COUNT)
  const dy = numbers(COUNT, 50)
  const [src, diffDst] = [tensor(SHAPE).write(x), tensor(SHAPE).write(dy)]
  const { descriptor } = src

  t.test('ReLU with a slope, and its gradient', async t => {
    const [dst, diffSrc] = [tensor(SHAPE), tensor(SHAPE)]
    const relu = { algorithm: 'relu', src: descriptor, alpha: 0.25 } as const
    run(library, { kind: 'eltwise', ...relu }, { src, dst })
    near(
      t,
      dst.read(),
      x.map(value => (value > 0 ? value : value / 4)),
      'forward',
    )
    run(library, { kind: 'eltwiseBackward', ...relu }, { src, diffDst, diffSrc })
    near(
      t,
      diffSrc.read(),
      dy.map((value, i) => (x[i]! > 0 ? value : value / 4)),
      'backward',
    )
  })

  t.test('values between two bounds', async t => {
    const dst = tensor(SHAPE)
    run(library, { kind: 'eltwise', algorithm: 'clip', src: descriptor, alpha: -0.5, beta: 0.25 }, { src, dst })
    near(
      t,
      dst.read(),
      x.map(value => Math.min(0.25, Math.max(-0.5, value))),
      'clip',
    )
  })

  t.test('PReLU, and both its gradients', async t => {
    const slopes = Float32Array.of(0.5, -1, 2)
    const weights = tensor([1, C, 1, 1]).write(slopes)
    const [dst, diffSrc, diffWeights] = [tensor(SHAPE), tensor(SHAPE), tensor([1, C, 1, 1])]
    const prelu = { src: descriptor, weights: weights.descriptor } as const
    run(library, { kind: 'prelu', ...prelu }, { src, weights, dst })
    near(
      t,
      dst.read(),
      x.map((value, i) => (value > 0 ? value : slopes[channelOf(i)]! * value)),
      'forward',
    )
    run(library, { kind: 'preluBackward', ...prelu }, { src, weights, diffDst, diffSrc, diffWeights })
    near(
      t,
      diffSrc.read(),
      dy.map((value, i) => (x[i]! > 0 ? 1 : slopes[channelOf(i)]!) * value),
      'by the input',
    )
    const bySlope = new Float64Array(C)
    for (let i = 0; i < COUNT; i++) if (x[i]! <= 0) bySlope[channelOf(i)]! += x[i]! * dy[i]!
    near(t, diffWeights.read(), bySlope, 'by the slopes')
  })

  t.test('batch norm by the batch and by given statistics, and its gradients', async t => {
    const epsilon = 1e-3
    const [gamma, beta] = [Float32Array.of(1.5, -0.5, 2), Float32Array.of(0.1, 0.2, -0.3)]
    const vector = () => tensor([C])
    const [scale, shift] = [vector().write(gamma), vector().write(beta)]
    const [means, variances] = [new Float64Array(C), new Float64Array(C)]
    x.forEach((value, i) => {
      means[channelOf(i)]! += value / (N * AREA)
    })
    x.forEach((value, i) => {
      variances[channelOf(i)]! += (value - means[channelOf(i)]!) ** 2 / (N * AREA)
    })
    const normalised = (mean: ArrayLike<number>, variance: ArrayLike<number>) =>
      Array.from(x, (value, i) => (value - mean[channelOf(i)]!) / Math.sqrt(variance[channelOf(i)]! + epsilon))
    const affine = (values: number[]) => values.map((value, i) => gamma[channelOf(i)]! * value + beta[channelOf(i)]!)
    const norm = { src: descriptor, epsilon } as const

    const [dst, mean, variance] = [tensor(SHAPE), vector(), vector()]
    run(library, { kind: 'batchNormalization', ...norm }, { src, dst, mean, variance, scale, shift })
    const hat = normalised(means, variances)
    near(t, dst.read(), affine(hat), 'forward')
    near(t, mean.read(), means, 'means')
    near(t, variance.read(), variances, 'variances, by n')

    const [otherMean, otherVariance] = [Float32Array.of(0.5, -0.5, 0), Float32Array.of(1, 2, 0.5)]
    const given = { mean: vector().write(otherMean), variance: vector().write(otherVariance) }
    run(library, { kind: 'batchNormalization', ...norm, inference: true }, { src, dst, ...given, scale, shift })
    near(t, dst.read(), affine(normalised(otherMean, otherVariance)), 'by given statistics')

    const [diffSrc, diffScale, diffShift] = [tensor(SHAPE), vector(), vector()]
    const results = { diffSrc, diffScale, diffShift }
    run(library, { kind: 'batchNormalizationBackward', ...norm }, { src, mean, variance, scale, diffDst, ...results })
    const [byScale, byShift] = [new Float64Array(C), new Float64Array(C)]
    dy.forEach((value, i) => {
      byScale[channelOf(i)]! += value * hat[i]!
      byShift[channelOf(i)]! += value
    })
    near(t, diffScale.read(), byScale, 'by the scale')
    near(t, diffShift.read(), byShift, 'by the shift')
    // Ioffe and Szegedy 2015, section 3: the gradient through the mean and the variance of the batch.
    const byInput = Array.from(dy, (value, i) => {
      const c = channelOf(i)
      const centred = value - byShift[c]! / (N * AREA) - (hat[i]! * byScale[c]!) / (N * AREA)
      return (gamma[c]! * centred) / Math.sqrt(variances[c]! + epsilon)
    })
    near(t, diffSrc.read(), byInput, 'by the input')
  })

  t.test('the largest and the mean of a window, and their gradients', async t => {
    const window = { kernel: [2, 2], strides: [2, 2], dilations: [1, 1], before: [0, 0], after: [0, 0] }
    const small = [N, C, H / 2, W / 2]
    /** Where the four values of each window are. */
    const windows = Array.from({ length: COUNT / 4 }, (_, at) => {
      const [plane, row, column] = [Math.floor(at / 4), Math.floor(at / 2) % 2, at % 2]
      const first = plane * AREA + 2 * row * W + 2 * column
      return [first, first + 1, first + W, first + W + 1]
    })
    const gradient = numbers(windows.length, 9)
    const [dst, diffSrc] = [tensor(small), tensor(SHAPE)]
    const pooled = tensor(small).write(gradient)
    const mean = { algorithm: 'averagePooling', src: descriptor, dst: dst.descriptor, ...window } as const
    run(library, { kind: 'pooling', ...mean }, { src, dst })
    near(
      t,
      dst.read(),
      windows.map(places => places.reduce((sum, i) => sum + x[i]! / 4, 0)),
      'mean',
    )
    run(library, { kind: 'poolingBackward', ...mean }, { diffDst: pooled, diffSrc })
    const shares = new Float64Array(COUNT)
    windows.forEach((places, at) => {
      for (const i of places) shares[i] = gradient[at]! / 4
    })
    near(t, diffSrc.read(), shares, "mean's gradient")

    const max = { ...mean, algorithm: 'maxPooling' } as const
    const made = createPrimitive(library, { kind: 'pooling', ...max })
    const workspace = new Tensor(library, made.workspace!)
    run(library, { kind: 'pooling', ...max }, { src, dst, workspace })
    near(
      t,
      dst.read(),
      windows.map(places => Math.max(...places.map(i => x[i]!))),
      'largest',
    )
    run(library, { kind: 'poolingBackward', ...max }, { diffDst: pooled, diffSrc, workspace })
    const largest = new Float64Array(COUNT)
    windows.forEach((places, at) => {
      largest[places.reduce((best, i) => (x[i]! > x[best]! ? i : best))] = gradient[at]!
    })
    near(t, diffSrc.read(), largest, "largest's gradient")
  })

  t.test('sums and means along axes, and two operands', async t => {
    const perChannel = tensor([1, C, 1, 1])
    const reduction = { kind: 'reduction', src: descriptor, dst: perChannel.descriptor } as const
    const sums = new Float64Array(C)
    x.forEach((value, i) => {
      sums[channelOf(i)]! += value
    })
    run(library, { ...reduction, algorithm: 'sum' }, { src, dst: perChannel })
    near(t, perChannel.read(), sums, 'sum')
    run(library, { ...reduction, algorithm: 'mean' }, { src, dst: perChannel })
    near(
      t,
      perChannel.read(),
      sums.map(sum => sum / (N * AREA)),
      'mean',
    )
    const dst = tensor(SHAPE)
    const binary = { kind: 'binary', src: descriptor, src1: diffDst.descriptor, dst: dst.descriptor } as const
    for (const [algorithm, of] of [
      ['subtract', (a: number, b: number) => a - b],
      ['multiply', (a: number, b: number) => a * b],
      ['divide', (a: number, b: number) => a / b],
    ] as const) {
      run(library, { ...binary, algorithm }, { src, src1: diffDst, dst })
      const expected = x.map((value, i) => of(value, dy[i]!))
      near(t, dst.read(), expected, algorithm, 1e-5 * Math.max(1, ...expected.map(Math.abs)))
    }
  })
})
