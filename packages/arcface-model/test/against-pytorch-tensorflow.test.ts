import t from 'tap'
import { NETWORKS, type NetworkName } from '../src/index.js'
import { compareWithPytorch, whyNotHere } from './against-pytorch.js'

// TensorFlow takes its number of threads once in a process, so the other number has a file of its own.
const threads = 2
const skip = await whyNotHere('tensorflow', threads)
for (const network of Object.keys(NETWORKS) as NetworkName[]) {
  t.test(`a step of ${network} on tensorflow is PyTorch's`, { skip }, async t =>
    compareWithPytorch(t, network, [{ engine: 'tensorflow', precision: 'f32', threads }]),
  )
}
