import t from 'tap'
import { NETWORKS, type NetworkName } from '../src/index.js'
import { compareWithPytorch } from './against-pytorch.js'

for (const network of Object.keys(NETWORKS) as NetworkName[]) {
  for (const threads of [1, 2]) {
    t.test(`a step of ${network} on onnx in ${threads} threads is PyTorch's`, async t =>
      compareWithPytorch(t, network, { engine: 'onnx', precision: 'f32', threads }),
    )
  }
}
