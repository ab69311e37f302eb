import t from 'tap'
import { planarInput } from '../../src/detect/planar-input.js'

const PICTURE = { pixels: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), width: 2, height: 2 }

t.test('planes in their order, black to the right and below', async t => {
  const values = Float32Array.from({ length: 256 }, (_, value) => value)
  const { dtype, shape, data } = planarInput(PICTURE, { width: 3, height: 3 }, { order: 'bgr', values })
  t.equal(dtype, 'float32')
  t.same(shape, [1, 3, 3, 3])
  t.same([...data], [3, 6, 0, 9, 12, 0, 0, 0, 0, 2, 5, 0, 8, 11, 0, 0, 0, 0, 1, 4, 0, 7, 10, 0, 0, 0, 0])
})

t.test('black is what the network takes for it', async t => {
  const values = Float32Array.from({ length: 256 }, (_, value) => value - 100)
  const { data } = planarInput(PICTURE, { width: 2, height: 3 }, { order: 'rgb', values })
  t.same([...data.slice(0, 6)], [-99, -96, -93, -90, -100, -100])
})
