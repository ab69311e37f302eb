import t from 'tap'
import { dropoutFactor, fillDropoutMask } from '../../../src/kernels/dropout.js'
import { graphOf, tensorValue, WAYS } from '../one-kernel.js'

t.test('draws the mask that every engine draws, over block borders and in NCHW too', async t => {
  const attributes = { rate: 0.3, salt: 7 }
  for (const shape of [[5], [2, 3, 5, 16], [16385], [3, 16384]]) {
    const size = shape.reduce((a, b) => a * b)
    const [x, y] = [tensorValue({ shape }), tensorValue({ shape })]
    const random = tensorValue({ shape: [], dtype: 'int32' })
    const graph = graphOf([{ op: 'Dropout', inputs: [x, random], outputs: [y], attributes }], { x, random }, { y })
    const values = Float32Array.from({ length: size }, (_, i) => (i % 1000) - 499.5)
    for (const step of [0, 12345, 2 ** 31 - 1]) {
      const mask = new Float32Array(size)
      fillDropoutMask(mask, step, attributes, dropoutFactor(attributes.rate))
      const expected = values.map((value, i) => Math.fround(value * mask[i]!))
      for (const [name, run] of Object.entries(await WAYS)) {
        const found = await run(graph, { x: values, random: Int32Array.of(step) })
        const wrong = expected.findIndex((value, i) => value !== found.y![i])
        t.equal(wrong, -1, `[${shape}] step ${step} ${name}`)
      }
    }
  }
})
