import t from 'tap'
import { NETWORKS, networkVariables } from '../../src/index.js'

const parametersOf = (name: keyof typeof NETWORKS) =>
  networkVariables(NETWORKS[name])
    .filter(({ kind }) => kind === 'parameter')
    .reduce((sum, { shape }) => sum + shape.reduce((product, extent) => product * extent, 1), 0)

t.test('networks have the parameters that their papers say', async t => {
  t.equal(parametersOf('seed-resnet50'), 74_889_792)
  // As the same table written in PyTorch (tools/peers/train-mobilefacenet.py); the paper says 0.99 million.
  t.equal(parametersOf('mobilefacenet'), 1_003_136)
})
