import t from 'tap'
import { compareWithPytorch } from './against-pytorch.js'

// Plain JavaScript is too slow for the others.
for (const network of ['mobilefacenet', 'ir18'] as const) {
  t.test(`a step of ${network} on the reference is PyTorch's`, async t =>
    compareWithPytorch(t, network, [{ engine: 'reference', precision: 'f32', threads: 1 }]),
  )
}
