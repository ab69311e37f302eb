import t from 'tap'
import { compareWithPytorch } from './against-pytorch.js'

// Plain JavaScript takes minutes for each of the others; test/networks compares them with tfjs on smaller images.
t.test("a step of mobilefacenet on the reference is PyTorch's", async t =>
  compareWithPytorch(t, 'mobilefacenet', [{ engine: 'reference', precision: 'f32', threads: 1 }]),
)
