import { graphOf } from '@tiny-face/tfjs-compiler'
import t from 'tap'
import { inferenceProgram, NETWORKS, type NetworkName, networkSize, networkVariables } from '../../src/index.js'

interface Counts {
  parameters: number
  multiplyAdds: number
}

/** The counts of layers, added up by hand from the papers' tables; nothing here comes from the networks' own code. */
class Tally {
  parameters = 0
  multiplyAdds = 0

  /** `groups`: one filter a channel where it is the number of channels. */
  convolution(side: number, kernel: number, inputs: number, outputs: number, groups = 1): this {
    const weights = (kernel * kernel * inputs * outputs) / groups
    this.parameters += weights
    this.multiplyAdds += side * side * weights
    return this
  }

  norm(channels: number): this {
    this.parameters += 2 * channels
    return this
  }

  prelu(channels: number): this {
    this.parameters += channels
    return this
  }

  dense(inputs: number, outputs: number): this {
    this.parameters += (inputs + 1) * outputs
    this.multiplyAdds += inputs * outputs
    return this
  }
}

function mobilefacenet(): Counts {
  const tally = new Tally()
    .convolution(56, 3, 3, 64)
    .norm(64)
    .prelu(64)
    .convolution(56, 3, 64, 64, 64)
    .norm(64)
    .prelu(64)
  let [side, channels] = [56, 64]
  for (const [t, c, n, s] of [
    [2, 64, 5, 2],
    [4, 128, 1, 2],
    [2, 128, 6, 1],
    [4, 128, 1, 2],
    [2, 128, 2, 1],
  ] as const) {
    for (let i = 0; i < n; i++) {
      const wide = t * channels
      tally.convolution(side, 1, channels, wide).norm(wide).prelu(wide)
      if (i === 0) side /= s
      tally.convolution(side, 3, wide, wide, wide).norm(wide).prelu(wide).convolution(side, 1, wide, c).norm(c)
      channels = c
    }
  }
  tally.convolution(7, 1, 128, 512).norm(512).prelu(512)
  return tally.convolution(1, 7, 512, 512, 512).norm(512).convolution(1, 1, 512, 128).norm(128)
}

/** arcface_torch's mobilefacenet.py with scale=2: groups of 64 in the first depthwise convolution. */
function mbf(): Counts {
  const tally = new Tally()
    .convolution(56, 3, 3, 128)
    .norm(128)
    .prelu(128)
    .convolution(56, 3, 128, 128, 64)
    .norm(128)
    .prelu(128)
  let [side, channels] = [56, 128]
  for (const [groups, c, n, s] of [
    [128, 128, 5, 2],
    [256, 256, 1, 2],
    [256, 256, 6, 1],
    [512, 256, 1, 2],
    [256, 256, 2, 1],
  ] as const) {
    for (let i = 0; i < n; i++) {
      tally.convolution(side, 1, channels, groups).norm(groups).prelu(groups)
      if (i === 0) side /= s
      tally.convolution(side, 3, groups, groups, groups).norm(groups).prelu(groups)
      tally.convolution(side, 1, groups, c).norm(c)
      channels = c
    }
  }
  tally.convolution(7, 1, 256, 512).norm(512).prelu(512)
  return tally.convolution(1, 7, 512, 512, 512).norm(512).convolution(1, 1, 512, 512).norm(512)
}

/** mobilefacenet.py of foamliu/MobileFaceNet. */
function foamliuMobilefacenet(): Counts {
  const tally = new Tally().convolution(56, 3, 3, 64).norm(64)
  tally.convolution(56, 3, 64, 64, 64).norm(64).convolution(56, 1, 64, 64).norm(64)
  let [side, channels] = [56, 64]
  for (const [t, c, n, s] of [
    [2, 64, 5, 2],
    [4, 128, 1, 2],
    [2, 128, 6, 1],
    [4, 128, 1, 2],
    [2, 128, 2, 1],
  ] as const) {
    for (let i = 0; i < n; i++) {
      const wide = t * channels
      tally.convolution(side, 1, channels, wide).norm(wide)
      if (i === 0) side /= s
      tally.convolution(side, 3, wide, wide, wide).norm(wide).convolution(side, 1, wide, c).norm(c)
      channels = c
    }
  }
  tally.convolution(7, 1, 128, 512).norm(512)
  return tally.convolution(1, 7, 512, 512, 512).norm(512).convolution(1, 1, 512, 128).norm(128)
}

function iresnet(blocks: number[]): Counts {
  const tally = new Tally().convolution(112, 3, 3, 64).norm(64).prelu(64)
  let [side, inputs] = [112, 64]
  for (const [stage, count] of blocks.entries()) {
    const outputs = [64, 128, 256, 512][stage]!
    for (let i = 0; i < count; i++) {
      tally.norm(inputs).convolution(side, 3, inputs, outputs).norm(outputs).prelu(outputs)
      if (i === 0) side /= 2
      if (i === 0) tally.convolution(side, 1, inputs, outputs).norm(outputs)
      tally.convolution(side, 3, outputs, outputs).norm(outputs)
      inputs = outputs
    }
  }
  return tally
    .norm(512)
    .dense(7 * 7 * 512, 512)
    .norm(512)
}

function resnet50(): Counts {
  const tally = new Tally().convolution(112, 7, 3, 64).norm(64)
  let [side, inputs] = [112, 64]
  for (const [stage, count] of [3, 4, 6, 3].entries()) {
    const width = 64 * 2 ** stage
    for (let i = 0; i < count; i++) {
      if (i === 0) side /= 2
      if (i === 0) tally.convolution(side, 1, inputs, 4 * width).norm(4 * width)
      tally.convolution(side, 1, inputs, width).norm(width).convolution(side, 3, width, width).norm(width)
      tally.convolution(side, 1, width, 4 * width).norm(4 * width)
      inputs = 4 * width
    }
  }
  return tally.dense(7 * 7 * 2048, 512).norm(512)
}

/** FaceRecognitionNet.ts of face-api: 7x7 of stride 2, a pooling of stride 2, then 14 units, four of which halve the image. */
function faceApi(): Counts {
  const tally = new Tally().convolution(72, 7, 3, 32).norm(32)
  let inputs = 32
  // Without padding, a convolution of stride 2 makes 17 pixels of 35, 8 of 17, 3 of 8, and 1 of 4, where zeros have made 4 of the 3.
  for (const [outputs, units, side, halved] of [
    [32, 3, 35, 35],
    [64, 4, 17, 17],
    [128, 3, 8, 8],
    [256, 3, 4, 3],
    [256, 1, 2, 1],
  ] as const) {
    for (let i = 0; i < units; i++) {
      const pixels = i === 0 ? halved : side
      tally.convolution(pixels, 3, inputs, outputs).norm(outputs).convolution(pixels, 3, outputs, outputs).norm(outputs)
      inputs = outputs
    }
  }
  return tally.convolution(1, 1, 256, 128)
}

/**
 * `published`: parameters as PyTorch counts them, which for the IR networks has the 512 scales that stay 1. insightface's figures for
 * multiply-adds have batch norm and activations in them, so they are a percent higher.
 */
const NETWORK_COUNTS: Record<NetworkName, { counted: Counts; published?: number; billions: number; fixed?: number }> = {
  // As the same table written in PyTorch (tools/peers/torch_networks.py); the paper says 0.99 million.
  mobilefacenet: { counted: mobilefacenet(), published: 1_003_136, billions: 0.22 },
  // As tools/peers/published_networks.py counts it in PyTorch; insightface's page says 2.05 million and 0.45 GFLOPs.
  mbf: { counted: mbf(), published: 2_059_520, billions: 0.437 },
  ir18: { counted: iresnet([2, 2, 2, 2]), published: 24_025_600, billions: 2.62, fixed: 512 },
  ir34: { counted: iresnet([3, 4, 6, 3]), published: 34_139_328, billions: 4.48, fixed: 512 },
  ir50: { counted: iresnet([3, 4, 14, 3]), published: 43_590_848, billions: 6.33, fixed: 512 },
  ir100: { counted: iresnet([3, 13, 30, 3]), published: 65_156_160, billions: 12.12, fixed: 512 },
  resnet50: { counted: resnet50(), published: 74_889_792, billions: 3.9 },
  // As tools/peers/published_networks.py counts it in PyTorch, but for the last convolution's 128 biases, which a batch norm follows.
  'foamliu-mobilefacenet': { counted: foamliuMobilefacenet(), published: 999_808, billions: 0.234 },
  // The package's manifest has as many numbers, and a bias for each filter.
  'face-api': { counted: faceApi(), published: 5_614_592 - 3_552, billions: 0.271 },
}

for (const [name, { counted, published, billions, fixed = 0 }] of Object.entries(NETWORK_COUNTS)) {
  t.test(`${name}: parameters and multiply-adds are those of its paper`, async t => {
    const { parameters, multiplyAdds } = networkSize(NETWORKS[name as NetworkName])
    t.equal(counted.parameters, published)
    t.equal(parameters, counted.parameters - fixed)
    t.equal(multiplyAdds, counted.multiplyAdds)
    t.ok(Math.abs(multiplyAdds / billions / 1e9 - 1) < 0.01, `${multiplyAdds} is about ${billions} billion`)
  })
}

t.test('every network is counted, and gives a vector of its size', async t => {
  t.strictSame(Object.keys(NETWORKS).sort(), Object.keys(NETWORK_COUNTS).sort())
  for (const network of Object.values(NETWORKS)) {
    const { outputs } = graphOf(inferenceProgram(network, { batchSize: 2 }))
    t.strictSame(outputs.get('embedding')?.shape, [2, network.embeddingSize])
  }
})

t.test("the IR networks' last scale is 1: neither trained nor stored", async t => {
  const names = networkVariables(NETWORKS.ir18).map(({ name }) => name)
  t.notOk(names.includes('embedding/scale'))
  t.ok(names.includes('output/scale'))
})
