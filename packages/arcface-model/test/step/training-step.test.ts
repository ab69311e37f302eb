import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { compile, type Executable } from '@tiny-face/tfjs-compiler'
import t from 'tap'
import {
  freeze,
  gradientsProgram,
  initialState,
  marginObjective,
  type Optimiser,
  type Step,
  trainingStep,
  updateProgram,
} from '../../src/index.js'
import { randomBatch, runEagerly, SGD, type Values } from '../reference.js'
import { TINY_SHAPE } from './tiny-network.js'

const objective = marginObjective(TINY_SHAPE)
const step = trainingStep(objective, SGD)
const state = initialState(step, 3)
const learningRate = Float32Array.of(0.1)
const batch = randomBatch(TINY_SHAPE)
const random = (n: number) => Int32Array.of(n)

function pick(values: Values, names: Iterable<string>): Values {
  return Object.fromEntries([...names].map(name => [name, values[name]!]))
}

t.test('inputs, outputs and state have the names that the trainer knows', async t => {
  t.strictSame(Object.keys(objective.inputs), ['images', 'labels', 'random'])
  t.ok(step.inputs.learningRate && step.inputs['velocity/stem/filter'] && step.inputs['stem/mean'])
  t.equal(step.state.get('stem/filter'), 'next/stem/filter')
  const outputs = await runEagerly(step, { ...state, ...batch, learningRate, random: random(1) })
  const measured = ['accuracy', 'gradientNorm', 'loss', 'squaredNorms']
  t.strictSame(Object.keys(outputs).sort(), [...measured, ...step.state.values()].sort())
  t.equal(outputs.squaredNorms!.length, step.parameters.length)
  const dry = marginObjective({ ...TINY_SHAPE, dropout: 0 })
  t.strictSame(Object.keys(dry.inputs), ['images', 'labels'], 'random is asked for only where something is dropped')
})

t.test('the first state is a function of the seed and the names', async t => {
  t.strictSame(initialState(step, 3), state)
  t.notSame(initialState(step, 4)['stem/filter'], state['stem/filter'])
  const [gradients, update] = [gradientsProgram(objective), updateProgram(objective, SGD)]
  const statistics = initialState({ variables: gradients.outside }, 3)
  t.strictSame({ ...statistics, ...initialState(gradients, 3), ...initialState(update, 3) }, state)
})

t.test('gradients and update apart equal the fused step', async t => {
  // Bit for bit on an engine that runs both alike; a compiler may fuse them differently.
  for (const [engine, tolerance] of [
    ['reference', 0],
    ['onnx', 1e-5],
  ] as const) {
    const programs = { fused: step, gradients: gradientsProgram(objective), update: updateProgram(objective, SGD) }
    const load = async (program: Step): Promise<Executable> => {
      const executable = await compile(program, { engine, threads: 1 })
      await executable.setState(initialState(program, 3))
      return executable
    }
    const [fused, gradients, update] = [
      await load(programs.fused),
      await load(programs.gradients),
      await load(programs.update),
    ]
    let statistics = initialState({ variables: programs.gradients.outside }, 3)
    for (const n of [1, 2, 3]) {
      const whole = await fused.step({ ...batch, learningRate, random: random(n) })
      const found = await gradients.step({ ...batch, ...statistics, random: random(n) })
      const ofParameters = programs.gradients.parameters.map(name => `gradient/${name}`)
      const norms = await update.step({ ...pick(found, ofParameters), learningRate })
      statistics = Object.fromEntries(
        Object.keys(statistics).map(name => [name, found[`next/${name}`] as Float32Array]),
      )
      await gradients.setState(pick(await update.getState(), programs.gradients.constants!))
      const apart: Values = {
        ...pick(found, ['loss', 'accuracy']),
        ...norms,
        ...statistics,
        ...(await gradients.getState()),
        ...(await update.getState()),
      }
      const expected: Values = { ...whole, ...(await fused.getState()) }
      t.strictSame(Object.keys(apart).sort(), Object.keys(expected).sort())
      for (const [name, values] of Object.entries(expected)) {
        const off = Math.max(...Array.from(values, (value, i) => Math.abs(value - apart[name]![i]!)))
        t.ok(off <= tolerance, `${engine}, step ${n}: ${name} is ${off} off`)
      }
    }
    t.notSame((await fused.getState())['stem/filter'], state['stem/filter'])
    for (const executable of [fused, gradients, update]) await executable.close()
  }
})

t.test('what a step drops is decided by random alone', async t => {
  const executable = await compile(step, { engine: 'reference' })
  const lossOf = async (n: number) => {
    await executable.setState(state)
    return (await executable.step({ ...batch, learningRate, random: random(n) })).loss![0]
  }
  const first = await lossOf(1)
  t.not(await lossOf(2), first)
  t.equal(await lossOf(1), first)
})

t.test('a batch that is not finite moves nothing', async t => {
  const executable = await compile(step, { engine: 'onnx', threads: 1 })
  await executable.setState(state)
  const images = batch.images!.map((value, i) => (i === 5 ? Number.NaN : value)) as Float32Array
  const { loss, gradientNorm, squaredNorms } = await executable.step({
    ...batch,
    images,
    learningRate,
    random: random(1),
  })
  t.ok(Number.isNaN(loss![0]) && Number.isNaN(gradientNorm![0]))
  t.ok(Number.isNaN(squaredNorms![step.parameters.indexOf('stem/filter')]!), 'and it is said where')
  t.strictSame(await executable.getState(), state)
  await executable.close()
})

t.test('frozen parameters and statistics stay, and the others move as if they were given', async t => {
  const frozen = freeze(marginObjective({ ...TINY_SHAPE, freezeStatistics: true }), name => name.startsWith('stem/'))
  const program = trainingStep(frozen, SGD)
  t.notOk(program.state.has('stem/filter') || program.state.has('stem/mean') || program.state.has('output/mean'))
  t.notOk(program.inputs['velocity/stem/filter'], 'nothing is kept for what is frozen')
  const executable = await compile(program, { engine: 'onnx', threads: 1 })
  const start = initialState(program, 3)
  await executable.setState(start)
  await executable.step({ ...batch, learningRate, random: random(1) })
  const after = await executable.getState()
  for (const name of ['stem/filter', 'stem/scale', 'stem/mean', 'output/variance'])
    t.strictSame(after[name], start[name], name)
  for (const name of ['depthwise/filter', 'output/scale', 'head/centres']) t.notSame(after[name], start[name], name)
  await executable.close()
})

t.test('what is kept outside goes in and comes back as the state would', async t => {
  const apart = trainingStep(objective, SGD, { outside: name => name === 'head/centres' })
  t.strictSame(
    apart.outside.map(({ name }) => name),
    ['head/centres', 'velocity/head/centres'],
  )
  const whole = await compile(step, { engine: 'onnx', threads: 1 })
  const parted = await compile(apart, { engine: 'onnx', threads: 1 })
  await whole.setState(state)
  await parted.setState(initialState(apart, 3))
  let outside = pick(
    state,
    apart.outside.map(({ name }) => name),
  )
  for (const n of [1, 2]) {
    await whole.step({ ...batch, learningRate, random: random(n) })
    const outputs = await parted.step({ ...batch, ...outside, learningRate, random: random(n) })
    outside = Object.fromEntries(apart.outside.map(({ name }) => [name, outputs[`next/${name}`]!]))
  }
  const [expected, found] = [await whole.getState(), { ...(await parted.getState()), ...outside }]
  for (const [name, values] of Object.entries(expected)) {
    const off = Math.max(...Array.from(values, (value, i) => Math.abs(value - found[name]![i]!)))
    t.ok(off < 1e-6, `${name} is ${off} off`)
  }
  for (const executable of [whole, parted]) await executable.close()
})

t.test('any optimiser fits: one that subtracts the gradient and counts its steps', async t => {
  const plain: Optimiser = {
    init: () => [{ name: 'steps', shape: [], initialise: () => Float32Array.of(4) }],
    update: (parameters, gradients, { steps }, learningRate) => ({
      parameters: Object.fromEntries(
        Object.entries(parameters).map(([name, p]) => [name, tf.sub(p, tf.mul(learningRate, gradients[name]!))]),
      ),
      state: { steps: tf.add(steps!, 1) },
    }),
  }
  const plainStep = trainingStep(objective, plain)
  const inputs = { ...initialState(plainStep, 3), ...batch, learningRate, random: random(1) }
  const found = await runEagerly(plainStep, inputs)
  t.strictSame([...found['next/steps']!], [5])
  const gradients = await runEagerly(gradientsProgram(objective), inputs)
  const expected = state['stem/slope']!.map((p, i) => p - Math.fround(0.1) * gradients['gradient/stem/slope']![i]!)
  t.ok(found['next/stem/slope']!.every((p, i) => Math.abs(p - expected[i]!) < 1e-6))
})

t.test('an eager step leaves no tensor behind', async t => {
  await tf.setBackend('cpu')
  const values: Values = { ...state, ...batch, learningRate, random: random(5) }
  const inputs = Object.fromEntries(
    Object.entries(step.inputs).map(([name, { shape, dtype }]) => [name, tf.tensor(values[name]!, [...shape], dtype)]),
  )
  tf.dispose(tf.tidy(() => step.run(inputs)))
  const { numTensors, numDataBuffers } = tf.memory()
  for (let n = 1; n <= 5; n++) {
    tf.dispose(tf.tidy(() => step.run(inputs)))
    t.strictSame([tf.memory().numTensors, tf.memory().numDataBuffers], [numTensors, numDataBuffers], `step ${n}`)
  }
})
