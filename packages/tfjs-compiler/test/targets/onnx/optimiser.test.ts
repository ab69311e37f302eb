import t from 'tap'
import { compileOnnx } from '../../../src/targets/onnx/compile.js'
import { graphOf, near, randomValues, TARGETS, tensorValue } from './one-kernel.js'

t.test('MomentumUpdate is PyTorch SGD, step after step; the state comes back in HWIO', async t => {
  const shape = [3, 3, 2, 4]
  const state = () => tensorValue({ shape, layout: 'oihw' })
  const [p, v, g, rate, newP, newV] = [
    state(),
    state(),
    tensorValue({ shape }),
    tensorValue({ shape: [] }),
    state(),
    state(),
  ]
  const node = {
    op: 'MomentumUpdate',
    inputs: [p, v, g, rate],
    outputs: [newP, newV],
    attributes: { momentum: 0.9, weightDecay: 0.01 },
  }
  const graph = graphOf([node], { p, v, g, rate }, { p: newP, 'v/next': newV })
  for (const target of Object.values(await TARGETS)) {
    const executable = await compileOnnx(graph, {
      state: [
        { input: 'p', output: 'p' },
        { input: 'v', output: 'v/next' },
      ],
      threads: 1,
      target,
    })
    const [parameter, velocity] = [randomValues(72, 1), new Float32Array(72)]
    executable.setState({ p: parameter, v: velocity })
    t.same(executable.getState().p, parameter, 'what was set comes back')
    const [wantP, wantV] = [Float64Array.from(parameter), new Float64Array(72)]
    for (let step = 0; step < 3; step++) {
      const gradient = randomValues(72, 10 + step)
      const outputs = await executable.step({ g: gradient, rate: Float32Array.of(0.1) })
      t.same(Object.keys(outputs), [], 'states are not given back as outputs')
      for (let i = 0; i < 72; i++) {
        wantV[i] = 0.9 * wantV[i]! + gradient[i]! + 0.01 * wantP[i]!
        wantP[i]! -= 0.1 * wantV[i]!
      }
    }
    near(t, executable.getState().p!, wantP, 'parameter')
    near(t, executable.getState().v!, wantV, 'velocity')
    t.throws(() => executable.setState({ q: parameter }), { message: /q is no state \(states are p, v\)/ })
    t.throws(() => executable.setState({ p: new Float32Array(3) }), {
      message: /state p: expected shape \[3,3,2,4\], found 3 values/,
    })
    await executable.close()
  }
})

t.test('MovingAverage, with a correction that makes a variance unbiased', async t => {
  const [running, batch, fresh] = [
    tensorValue({ shape: [3] }),
    tensorValue({ shape: [3] }),
    tensorValue({ shape: [3] }),
  ]
  const node = {
    op: 'MovingAverage',
    inputs: [running, batch],
    outputs: [fresh],
    attributes: { decay: 0.9, correction: 1.5 },
  }
  const executable = await compileOnnx(graphOf([node], { running, batch }, { fresh }), {
    target: (await TARGETS).standard!,
  })
  const found = await executable.step({ running: Float32Array.of(1, 2, 3), batch: Float32Array.of(4, 5, 6) })
  near(t, found.fresh!, [0.9 + 0.6, 1.8 + 0.75, 2.7 + 0.9], 'average')
  await executable.close()
})

t.test('a kernel without a rule, or a state that is no input, is named', async t => {
  const [x, y] = [tensorValue({ shape: [3] }), tensorValue({ shape: [3] })]
  const graph = graphOf([{ op: 'FFT', inputs: [x], outputs: [y], attributes: {} }], { x }, { y })
  await t.rejects(compileOnnx(graph), { message: /kernel FFT has no ONNX lowering/ })
  await t.rejects(compileOnnx(graph, { state: [{ input: 'z', output: 'y' }] }), {
    message: /state z: the graph has no such input/,
  })
})
