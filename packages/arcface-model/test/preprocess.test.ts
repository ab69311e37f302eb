import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeImage } from '@tiny-face/image-stream'
import t from 'tap'
import { sharedData } from '../../../test/shared-data.js'
import { inputFiller, luma } from '../src/network-input.js'
import {
  describeNormalisation,
  formatPreprocess,
  PRESETS,
  parsePreprocess,
  preprocessOf,
  wishedOver,
} from '../src/preprocess.js'
import { parsePreprocessText } from '../src/preprocess-text.js'
import type { PreprocessName } from '../src/typed-names.js'
import { readNpy } from './golden.js'
import { testPixels } from './tiny-embedder.js'

const FORMULAS: Record<PreprocessName, (rgb: number[], channel: number) => number> = {
  arcface: (rgb, channel) => (rgb[channel]! - 127.5) / 127.5,
  mxnet: (rgb, channel) => (rgb[channel]! - 127.5) * 0.0078125,
  'mxnet-bgr': (rgb, channel) => (rgb[2 - channel]! - 127.5) * 0.0078125,
  raw: (rgb, channel) => rgb[channel]!,
  'face-api': (rgb, channel) => (rgb[channel]! - [122.782, 117.001, 104.298][channel]!) / 255,
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

for (const layout of ['nchw', 'nhwc'] as const)
  t.test(`one channel of grey, ${layout}: every value, one image mirrored`, async t => {
    const [height, width] = [2, 3]
    const fill = inputFiller(PRESETS.mxnet, { layout, height, width, channels: 1 })
    const input = new Float32Array(2 * height * width)
    const images = [testPixels(height, width, 0), testPixels(height, width, 1)]
    fill(input, 0, images[0]!, false)
    fill(input, 1, images[1]!, true)
    for (const [slot, image] of images.entries())
      for (let i = 0; i < height * width; i++) {
        const at = slot === 0 ? i : i - (i % width) + width - 1 - (i % width)
        const [r, g, b] = image.subarray(3 * at, 3 * at + 3)
        const grey = Math.round(0.299 * r! + 0.587 * g! + 0.114 * b!)
        t.equal(input[slot * height * width + i], (grey - 127.5) / 128)
      }
  })

t.test('all 16,777,216 colours as the grey that OpenCV 5.0.0 makes of them', async t => {
  // tools/peers/luma-opencv.py prints it.
  const opencv = '6d4f6d7f4301c52d2672db66451b4a06a5502bef956dd81b577660f956f410ae'
  const rgb = new Uint8Array(3 * 65536)
  for (let i = 0; i < 65536; i++) rgb.set([0, i >> 8, i & 255], 3 * i)
  const hash = createHash('sha256')
  for (let red = 0; red < 256; red++) {
    for (let i = 0; i < 65536; i++) rgb[3 * i] = red
    hash.update(luma(rgb))
  }
  t.equal(hash.digest('hex'), opencv)
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
  t.equal(
    formatPreprocess({ ...written, alignment: 'arcface' }),
    formatPreprocess(written),
    'the usual one is left out',
  )
  const dlib = { ...written, alignment: 'dlib' } as const
  t.match(formatPreprocess(dlib), /"size":112,"alignment":"dlib"}$/)
  t.strictSame(parsePreprocess(formatPreprocess(dlib), 'x.onnx'), dlib)
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
    [{ ...whole, alignment: 'tight' }, '.alignment, expected arcface or dlib, found "tight"'],
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

t.test('preprocessing as people type it', async t => {
  const typed: [text: string, normalisation: string, rest?: object][] = [
    ['arcface', 'rgb mean=127.5 std=127.5'],
    ['raw', 'rgb mean=0 std=1'],
    ['imagenet', 'rgb mean=123.675,116.28,103.53 std=58.395,57.12,57.375'],
    ['order=bgr mean=127.5 std=128', 'bgr mean=127.5 std=128'],
    [
      '  std=58.395,57.12,57.375   mean=123.675,116.28,103.53 order=rgb ',
      'rgb mean=123.675,116.28,103.53 std=58.395,57.12,57.375',
    ],
    ['mxnet order=bgr', 'bgr mean=127.5 std=128'],
    ['mxnet mean=-1e1 size=96 layout=nhwc', 'rgb mean=-10 std=128', { size: 96, layout: 'nhwc' }],
  ]
  for (const [text, expected, rest = {}] of typed) {
    const { order, mean, std, ...others } = wishedOver({}, parsePreprocessText(text))
    t.equal(describeNormalisation({ order: order!, mean: mean!, std: std! }), expected)
    t.same(others, rest)
  }
  // What is typed goes before what is known, part by part.
  t.strictSame(wishedOver({ ...preprocessOf('mxnet'), size: 112 }, parsePreprocessText('order=bgr')), {
    ...preprocessOf('mxnet-bgr'),
    size: 112,
  })
  const wrong: [text: string, message: string | RegExp][] = [
    ['rgb', /^"rgb" is none of arcface, mxnet, mxnet-bgr, imagenet, face-api, raw; or say order=rgb\|bgr, mean=/],
    ['', /^"" is none of arcface/],
    ['mxnet bgr', /^"bgr" is none of order=/],
    ['order=grb', 'order is rgb or bgr, not "grb".'],
    ['layout=hwc', 'layout is nchw or nhwc, not "hwc".'],
    ['mean=127.5,1', 'mean is one number, or three between commas, not "127.5,1".'],
    ['mean=', 'mean is one number, or three between commas, not "".'],
    ['mean=1,,2', 'mean is one number, or three between commas, not "1,,2".'],
    ['mean=1e999', /^mean is one number/],
    ['std=0', /^std is in units of 0 to 255/],
    ['std=-128', /^std is in units/],
    [
      'std=0.229,0.224,0.225',
      /^std is in units of 0 to 255, and so is mean: where x \/ 255 has a std of 0.229,0.224,0.225, say that times 255\.$/,
    ],
    ['std=NaN', /^std is one number/],
    ['size=0', 'size is height and width in pixels, not "0".'],
    ['size=112x96', /^size is height and width/],
    ['size=1=2', /is none of/],
    ['colour=rgb', /^"colour" is none of order=/],
    ['order=rgb order=bgr', 'order is given twice.'],
    ['__proto__=1', /^"__proto__" is none|given twice/],
  ]
  for (const [text, message] of wrong) t.throws(() => parsePreprocessText(text), { message }, text)
})
