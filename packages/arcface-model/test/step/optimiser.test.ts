import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { compile, type Program } from '@tiny-face/tfjs-compiler'
import t from 'tap'
import { adamW, momentum, type Optimiser } from '../../src/index.js'

await tf.setBackend('cpu')

const PARAMETERS = { 'trunk/filter': [0.5, -1, 2], 'head/centres': [1, -0.25, 0.125] }
/** One batch a row; the last is the same again. */
const GRADIENTS = [
  { 'trunk/filter': [0.1, 0.2, -0.3], 'head/centres': [3, -2, 1e-3] },
  { 'trunk/filter': [-0.4, 0.5, 0], 'head/centres': [-1, 0.5, 2e-3] },
  { 'trunk/filter': [-0.4, 0.5, 0], 'head/centres': [-1, 0.5, 2e-3] },
]
const RATES = [0.1, 0.05, 0.2]
const decays = (name: string) => (name === 'head/centres' ? 0.02 : 0.01)
const rate = (name: string) => (name === 'head/centres' ? 1 : 0.1)

type Name = keyof typeof PARAMETERS
const NAMES = Object.keys(PARAMETERS) as Name[]

/** The parameters after all batches, number by number in float64. `move` is given p, g and what it kept, and gives p and what it keeps. */
function reference(move: (p: number, g: number, kept: number[], step: number, name: Name) => [number, number[]]) {
  return Object.fromEntries(
    NAMES.map(name => [
      name,
      PARAMETERS[name].map((start, i) => {
        let [p, kept] = [start, [0, 0]] as [number, number[]]
        for (const [step, gradients] of GRADIENTS.entries()) [p, kept] = move(p, gradients[name]![i]!, kept, step, name)
        return p
      }),
    ]),
  )
}

/** The same by an optimiser, on an engine that keeps its state. */
async function trained(optimiser: Optimiser, engine: 'reference' | 'onnx'): Promise<Record<string, Float32Array>> {
  const parameters = NAMES.map(name => ({ name, shape: [3] }))
  const kept = optimiser.init(parameters)
  const type = (shape: readonly number[]) => ({ shape, dtype: 'float32' as const })
  const states = [...parameters, ...kept]
  const pick = (from: Record<string, tf.Tensor>, names: readonly { name: string }[], prefix = '') =>
    Object.fromEntries(names.map(({ name }) => [name, from[`${prefix}${name}`]!]))
  const program: Program = {
    inputs: {
      ...Object.fromEntries(states.map(({ name, shape }) => [name, type(shape)])),
      ...Object.fromEntries(NAMES.map(name => [`gradient/${name}`, type([3])])),
      rate: type([]),
    },
    state: new Map(states.map(({ name }) => [name, `next/${name}`])),
    run(inputs) {
      const gradients = pick(inputs, parameters, 'gradient/')
      const { parameters: moved, state } = optimiser.update(
        pick(inputs, parameters),
        gradients,
        pick(inputs, kept),
        inputs.rate as tf.Scalar,
      )
      return Object.fromEntries(Object.entries({ ...moved, ...state }).map(([name, x]) => [`next/${name}`, x]))
    },
  }
  const executable = await compile(program, { engine, threads: 1 })
  await executable.setState({
    ...Object.fromEntries(NAMES.map(name => [name, Float32Array.from(PARAMETERS[name])])),
    ...Object.fromEntries(
      kept.map(({ name, shape, initialise }) => [name, initialise(shape.length === 0 ? 1 : 3, Math.random)]),
    ),
  })
  for (const [step, gradients] of GRADIENTS.entries())
    await executable.step({
      ...Object.fromEntries(NAMES.map(name => [`gradient/${name}`, Float32Array.from(gradients[name]!)])),
      rate: Float32Array.of(RATES[step]!),
    })
  const state = (await executable.getState()) as Record<string, Float32Array>
  await executable.close()
  return state
}

const [BETA1, BETA2, EPSILON] = [0.9, 0.99, 1e-8]

const CASES = {
  // PyTorch's documentation of SGD.
  momentum: {
    optimiser: momentum({ momentum: 0.9, weightDecay: decays, rate }),
    expected: reference((p, g, [v], step, name) => {
      const next = 0.9 * v! + g + decays(name) * p
      return [p - RATES[step]! * rate(name) * next, [next]]
    }),
  },
  // PyTorch's documentation of AdamW: the decay first, then the step.
  adamW: {
    optimiser: adamW({ betas: [BETA1, BETA2], epsilon: EPSILON, weightDecay: decays, rate }),
    expected: reference((p, g, [m, v], step, name) => {
      const lr = RATES[step]! * rate(name)
      const [mean, square] = [BETA1 * m! + (1 - BETA1) * g, BETA2 * v! + (1 - BETA2) * g * g]
      const [meanHat, squareHat] = [mean / (1 - BETA1 ** (step + 1)), square / (1 - BETA2 ** (step + 1))]
      return [p - lr * decays(name) * p - (lr * meanHat) / (Math.sqrt(squareHat) + EPSILON), [mean, square]]
    }),
  },
}

for (const [what, { optimiser, expected }] of Object.entries(CASES))
  for (const engine of ['reference', 'onnx'] as const)
    t.test(`${what} on ${engine}: three steps as PyTorch documents them`, async t => {
      const found = await trained(optimiser, engine)
      for (const name of NAMES)
        for (const [i, value] of expected[name]!.entries())
          t.ok(
            Math.abs(found[name]![i]! - value) < 1e-5 * Math.abs(value),
            `${name}[${i}]: ${found[name]![i]}, not ${value}`,
          )
    })

t.test('the gradient of a step is told by the states around it', async t => {
  for (const { optimiser } of Object.values(CASES)) {
    const kept = optimiser.init([{ name: 'p', shape: [3] }])
    const first = Object.fromEntries(
      kept.map(({ name, shape }) => [name, Float32Array.of(0.5, 0.25, 2).slice(0, shape.length === 0 ? 1 : 3)]),
    )
    const before: Record<string, Float32Array> = { p: Float32Array.of(1, -2, 3), ...first }
    const tensors = Object.fromEntries(
      Object.entries(before).map(([name, values]) => [name, tf.tensor(values, values.length === 1 ? [] : [3])]),
    )
    const gradient = [0.125, -0.5, 4]
    const { p, ...state } = tensors
    const updated = optimiser.update({ p: p! }, { p: tf.tensor1d(gradient) }, state, tf.scalar(0.1))
    const after = Object.fromEntries(
      Object.entries(updated.state).map(([name, x]) => [name, x.dataSync() as Float32Array]),
    )
    for (const [i, value] of optimiser.gradientOf!('p', before, after).entries())
      t.ok(Math.abs(value - gradient[i]!) < 1e-5, `${value}, not ${gradient[i]}`)
  }
})

t.test('what an optimiser keeps says whose it is', async t => {
  const parameters = [{ name: 'head/centres', shape: [5, 2] }]
  t.strictSame(
    adamW({ betas: [0.9, 0.99], epsilon: 1e-8, weightDecay: 0 })
      .init(parameters)
      .map(({ name, shape, of }) => [name, shape, of]),
    [
      ['adam/beta1', [], undefined],
      ['adam/beta2', [], undefined],
      ['mean/head/centres', [5, 2], 'head/centres'],
      ['square/head/centres', [5, 2], 'head/centres'],
    ],
  )
})
