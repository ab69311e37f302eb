import t from 'tap'
import { NETWORKS, type NetworkName } from '../src/index.js'
import { compareWithPytorch, whyNotHere } from './against-pytorch.js'

const skip = await whyNotHere('onednn')
for (const network of Object.keys(NETWORKS) as NetworkName[]) {
  t.test(`a step of ${network} on onednn is PyTorch's`, { skip }, async t =>
    compareWithPytorch(t, network, [
      { engine: 'onednn', precision: 'f32', threads: 1 },
      { engine: 'onednn', precision: 'f32', threads: 2 },
      { engine: 'onednn', precision: 'bf16', threads: 1 },
      { engine: 'onednn', precision: 'bf16', threads: 2 },
    ]),
  )
}
