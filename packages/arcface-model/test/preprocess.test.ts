import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeImage } from '@tiny-face/image-stream'
import t from 'tap'
import { sharedData } from '../../../test/shared-data.js'
import { inputFiller } from '../src/network-input.js'
import { formatPreprocess, PRESETS, parsePreprocess, preprocessOf } from '../src/preprocess.js'
import type { PreprocessName } from '../src/typed-names.js'
import { readNpy } from './golden.js'
import { testPixels } from './tiny-embedder.js'

const FORMULAS: Record<PreprocessName, (rgb: number[], channel: number) => number> = {
  arcface: (rgb, channel) => (rgb[channel]! - 127.5) / 127.5,
  mxnet: (rgb, channel) => (rgb[channel]! - 127.5) * 0.0078125,
  'mxnet-bgr': (rgb, channel) => (rgb[2 - channel]! - 127.5) * 0.0078125,
  imagenet: (rgb, channel) => (rgb[channel]! / 255 - [0.485, 0.456, 0.406][channel]!) / [0.229, 0.224, 0.225][channel]!,
}

for (const name of Object.keys(PRESETS) as PreprocessName[])
  for (const layout of ['nchw', 'nhwc'] as const)
    t.test(`${name}, ${layout}: every value of two images, one mirrored`, async t => {
      const [height, width] = [3, 5]
      const fill = inputFiller(PRESETS[name], { layout, height, width })
      const input = new Float32Array(2 * 3 * height * width)
      const images = [testPixels(height, width, 0), testPixels(height, width, 1)]
      fill(input, 0, images[0]!, false)
      fill(input, 1, images[1]!, true)
      let worst = 0
      for (const slot of [0, 1])
        for (let y = 0; y < height; y++)
          for (let x = 0; x < width; x++)
            for (let channel = 0; channel < 3; channel++) {
              const at = (y * width + (slot === 1 ? width - 1 - x : x)) * 3
              const expected = FORMULAS[name]([...images[slot]!.subarray(at, at + 3)], channel)
              const index =
                layout === 'nchw'
                  ? ((slot * 3 + channel) * height + y) * width + x
                  : ((slot * height + y) * width + x) * 3 + channel
              worst = Math.max(worst, Math.abs(input[index]! - expected))
            }
      t.ok(worst < 3e-7, `worst difference ${worst}`)
    })

const data = sharedData()
t.test(
  "Tiny-Face-Recognition's normalisation of three faces, as TensorFlow computed it",
  { skip: data === undefined },
  async t => {
    const expected = readNpy(join(data!, 'tfrecord/faces_first3_bgr_norm_f32.npy'))
    const shards = readFileSync(join(data!, 'tfrecord/faces.tfrecord'))
    const fill = inputFiller(PRESETS['mxnet-bgr'], { layout: 'nhwc', height: 112, width: 112 })
    const input = new Float32Array(expected.length)
    for (let slot = 0, at = 0; slot < 3; slot++) {
      const start = shards.indexOf(Buffer.of(0xff, 0xd8, 0xff), at)
      at = shards.indexOf(Buffer.of(0xff, 0xd9), start) + 2
      fill(input, slot, (await decodeImage(shards.subarray(start, at))).pixels, false)
    }
    // What TensorFlow decoded, in whole levels of 0…255: this must go through our normalisation bit for bit.
    const levels = Uint8Array.from(expected, value => value * 128 + 127.5)
    const again = new Float32Array(expected.length)
    for (let slot = 0; slot < 3; slot++) {
      const bgr = levels.subarray(slot * 112 * 112 * 3, (slot + 1) * 112 * 112 * 3)
      fill(
        again,
        slot,
        bgr.map((_, i) => bgr[i - (i % 3) + 2 - (i % 3)]!),
        false,
      )
    }
    t.ok(Buffer.from(again.buffer).equals(Buffer.from(expected.buffer)))
    // And it is what we decode, but for TensorFlow's choice of the fast, less exact cosine transform. (The faces are grey.)
    const differences = input.map((value, i) => Math.abs(value - expected[i]!) * 128)
    t.ok(differences.reduce((sum, difference) => sum + difference) / input.length < 1.2)
  },
)

t.test('what is written is read again', async t => {
  const written = { ...preprocessOf('mxnet-bgr'), size: 112 }
  t.equal(
    formatPreprocess(written),
    '{"order":"bgr","mean":[127.5,127.5,127.5],"std":[128,128,128],"layout":"nchw","size":112}',
  )
  for (const name of Object.keys(PRESETS) as PreprocessName[]) {
    const preprocess = { ...preprocessOf(name), size: 96 }
    t.strictSame(parsePreprocess(formatPreprocess(preprocess), 'x.onnx'), preprocess)
  }
})

t.test('what cannot be read says what is wrong with it', async t => {
  const whole = { ...preprocessOf('mxnet'), size: 112 }
  const wrong: [value: unknown, message: string][] = [
    [null, ', expected an object, found null'],
    [{ ...whole, order: 'RGB' }, '.order, expected rgb or bgr, found "RGB"'],
    [{ ...whole, mean: [1, 2] }, '.mean[2], expected a number, found none'],
    [{ ...whole, mean: [1, 2, '3'] }, '.mean[2], expected a number, found "3"'],
    [{ ...whole, std: [1, 0, 1] }, '.std[1], expected a number over 0, found 0'],
    [{ ...whole, layout: undefined }, '.layout, expected a value, found none'],
    [{ ...whole, size: 0.5 }, '.size, expected a whole number of at least 1, found 0.5'],
  ]
  for (const [value, message] of wrong)
    t.throws(() => parsePreprocess(JSON.stringify(value), 'x.onnx'), {
      name: 'DataError',
      message: `x.onnx: tiny_face.preprocess${message}`,
    })
  t.throws(() => parsePreprocess('rgb', 'x.onnx'), {
    message: /^x\.onnx: expected JSON in tiny_face\.preprocess, found ./,
  })
})
