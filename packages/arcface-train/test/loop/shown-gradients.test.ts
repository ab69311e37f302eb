import { momentum } from '@tiny-face/arcface-model'
import t from 'tap'
import { ShownGradients } from '../../src/loop/shown-gradients.js'

const optimiser = momentum({ momentum: 0.5, weightDecay: 0 })
const parameters = [
  { name: 'stem/filter', shape: [2] },
  { name: 'head/centres', shape: [3, 2] },
]
const zeros = (size: number) => new Float32Array(size)
const variables = [...parameters.map(it => ({ ...it, initialise: zeros })), ...optimiser.init(parameters)]
const stateOf = (stem: number[], head: number[]) => ({
  'stem/filter': zeros(2),
  'head/centres': zeros(6),
  'velocity/stem/filter': Float32Array.from(stem),
  'velocity/head/centres': Float32Array.from(head),
})

t.test('the gradients of the step after the state that was kept, once', async t => {
  const gradients = new ShownGradients({ variables, optimiser })
  t.notOk(gradients.isDue)
  gradients.keep(stateOf([2, 4], [0, 0, 0, 0, 0, 2]))
  t.ok(gradients.isDue)
  t.strictSame(gradients.take(stateOf([2, 3], [1, 0, 0, 0, 0, 0])), [
    ['stem/filter', Float32Array.of(1, 1)],
    ['head/centres', Float32Array.of(1, 0, 0, 0, 0, -1)],
  ])
  t.notOk(gradients.isDue)
})

t.test('of a parameter with very many numbers nothing is kept', async t => {
  const gradients = new ShownGradients({ variables, optimiser }, 5)
  const state: Record<string, Float32Array> = stateOf([0, 0], [0, 0, 0, 0, 0, 0])
  gradients.keep(state)
  const { held } = gradients
  t.strictSame(held, ['stem/filter', 'velocity/stem/filter'])
  t.strictSame(gradients.take(stateOf([1, 2], [0, 0, 0, 0, 0, 0])), [['stem/filter', Float32Array.of(1, 2)]])
  t.strictSame(gradients.held, [])
})
