import t from 'tap'
import { compareKernel } from '../one-kernel.js'

t.test('matrix products, single and stacked, transposed', async t => {
  for (const n of [1, 3])
    for (const transposeA of [false, true])
      for (const transposeB of [false, true]) {
        const [a, b] = [transposeA ? [n, 4, 5] : [n, 5, 4], transposeB ? [n, 6, 4] : [n, 4, 6]]
        await compareKernel(t, 'BatchMatMul', { a: { shape: a }, b: { shape: b } }, { transposeA, transposeB })
      }
})
