import { test } from 'tap'
import { innerFace } from '../../src/measure/inner-face.js'

test('the inner face reaches a sixteenth beyond eyes and mouth', async t => {
  const whole = (size: number) => ({
    // Red says which column a pixel is of, green which row.
    pixels: Uint8Array.from({ length: size * size * 3 }, (_, i) => [(i / 3) % size, i / 3 / size, 0][i % 3]!),
    width: size,
    height: size,
  })
  const arcface = innerFace(whole(112), 'arcface')
  t.strictSame([arcface.width, arcface.height], [81 - 31, 100 - 44])
  t.strictSame([...arcface.pixels.subarray(0, 2)], [31, 44])
  const dlib = innerFace(whole(150), 'dlib')
  t.strictSame([dlib.width, dlib.height], [110 - 37, 112 - 36])
  t.strictSame([...dlib.pixels.subarray(0, 2)], [37, 36])
})
