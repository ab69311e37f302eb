import t from 'tap'
import { NETWORKS, type NetworkName } from '../src/index.js'
import { compareWithPytorch } from './against-pytorch.js'

for (const network of Object.keys(NETWORKS) as NetworkName[]) {
  t.test(`a step of ${network} on onnx is PyTorch's`, async t =>
    compareWithPytorch(t, network, [
      { engine: 'onnx', precision: 'f32', threads: 1 },
      { engine: 'onnx', precision: 'f32', threads: 2 },
    ]),
  )
}
