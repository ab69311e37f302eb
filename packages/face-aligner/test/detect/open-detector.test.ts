import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type ModelSpec, onnxModel } from '../../../onnx-session/test/onnx-model.js'
import { openDetector } from '../../src/detect/open-detector.js'
import { YUNET_OUTPUTS } from '../../src/detect/yunet.js'
import { installedDetector } from '../../src/install/install-detector.js'
import { DETECTOR_NAMES, type DetectorName } from '../../src/install/pinned-detectors.js'
import { drawnScenes } from './drawn-scenes.js'

/** A network that answers with constants, whatever the picture. */
function network(
  outputs: Record<string, { shape: number[]; value: number }>,
  input: (number | string)[] = [1, 3, 'h', 'w'],
): ModelSpec {
  return {
    inputs: [{ name: 'picture', dtype: 'float32', shape: input }],
    outputs: Object.entries(outputs).map(([name, { shape }]) => ({ name, dtype: 'float32', shape })),
    nodes: Object.keys(outputs).map(name => ({ op: 'Identity', inputs: [`${name}.value`], outputs: [name] })),
    constants: Object.fromEntries(
      Object.entries(outputs).map(([name, { shape, value }]) => {
        const length = shape.reduce((product, side) => product * side, 1)
        return [`${name}.value`, { shape, data: new Float32Array(length).fill(value) }]
      }),
    ),
  }
}

const WIDTHS: Record<string, number> = { cls: 1, obj: 1, bbox: 4, kps: 10 }

/** YuNet for a picture of 64x32: the same in every cell. */
function evenYunet(value: number): ModelSpec {
  const outputs = YUNET_OUTPUTS.map(name => {
    const [part, stride] = name.split('_') as [string, string]
    return [name, { shape: [1, 2048 / Number(stride) ** 2, WIDTHS[part]!], value }] as [
      string,
      { shape: number[]; value: number },
    ]
  })
  return network(Object.fromEntries(outputs))
}

function file(t: Test, content: ModelSpec | string): string {
  const path = join(t.testdir(), 'network.onnx')
  writeFileSync(path, typeof content === 'string' ? content : onnxModel(content))
  return path
}

t.test('what is no detector is refused in one line that says what is known', async t => {
  const known = /YuNet \(outputs cls_8 … kps_32\) or SCRFD/
  const nine = (width: number) =>
    Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`o${i}`, { shape: [8, width], value: 0 }]))
  for (const [content, message] of [
    [network({ embedding: { shape: [1, 512], value: 0 } }, [1, 3, 112, 112]), known],
    [network({ embedding: { shape: [1, 512], value: 0 } }), /found picture \[1, 3, \?, \?\] to embedding \[1, 512\]$/],
    [network(nine(4)), known],
    [network(nine(1)), /to o0 \[8, 1\], o1 \[8, 1\], o2 \[8, 1\], …$/],
    [{ ...evenYunet(0), inputs: [{ name: 'picture', dtype: 'float32', shape: [1, 1, 32, 64] }] }, known],
    ['<html><title>404</title></html>', /expected an ONNX model, found/],
    ['', /network\.onnx/],
  ] as [ModelSpec | string, RegExp][]) {
    const error = await openDetector(file(t, content)).then(
      () => undefined,
      error => error,
    )
    t.equal(error?.name, 'DataError')
    t.match(error?.message, message)
    t.notMatch(error?.message, '\n')
  }
})

t.test('a name that is none, and a detector that is not installed', async t => {
  await t.rejects(openDetector('yolo'), { name: 'DataError', message: /yunet, mtcnn, or an ONNX file, found yolo$/ })
  const before = process.env.TINY_FACE_MODELS
  t.teardown(() => {
    if (before === undefined) delete process.env.TINY_FACE_MODELS
    else process.env.TINY_FACE_MODELS = before
  })
  process.env.TINY_FACE_MODELS = t.testdir()
  for (const name of DETECTOR_NAMES)
    await t.rejects(openDetector(name), {
      name: 'DataError',
      message: `the detector ${name} is not installed: face-align --install ${name} installs it`,
    })
})

t.test('a file of YuNet is known by its outputs, and hostile ones do no harm', async t => {
  const picture = { pixels: new Uint8Array(64 * 32 * 3), width: 64, height: 32 }
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1e38, -1e38, 0]) {
    const detector = await openDetector(file(t, evenYunet(value)))
    t.same(await detector.detect(picture), [], String(value))
    await detector.close()
  }
  const everywhere = await openDetector(file(t, evenYunet(1)))
  const faces = await everywhere.detect(picture)
  t.ok(faces.length > 0 && faces.length < 42, 'of a face in each of 42 cells few are left')
  await t.rejects(
    everywhere.detect({ pixels: new Uint8Array(96 * 32 * 3), width: 96, height: 32 }),
    /network\.onnx: expected 48 values of float32 from output cls_8, found float32 \[1, 32, 1\]$/,
    'fewer cells than the picture has',
  )
  await t.rejects(everywhere.detect({ ...picture, width: 63 }), { name: 'RangeError', message: /63x32 in RGB$/ })
  await everywhere.close()
})

for (const name of DETECTOR_NAMES) {
  t.test(`${name} and pictures of every kind`, { skip: needs(name) }, async t => {
    const detector = await openDetector(name)
    const even = (width: number, height: number, value: number) => {
      return { pixels: new Uint8Array(width * height * 3).fill(value), width, height }
    }
    for (const picture of [even(1, 1, 9), even(1, 5000, 9), even(5000, 1, 9), even(13, 12, 0), even(700, 500, 0)])
      t.same(await detector.detect(picture), [], `${picture.width}x${picture.height}`)
    t.same(await detector.detect(even(320, 240, 255)), [])
    const noise = { ...even(333, 222, 0), pixels: Uint8Array.from({ length: 333 * 222 * 3 }, (_, i) => (i * i) % 251) }
    t.same(await detector.detect(noise), [])
    await detector.close()
  })

  t.test(
    `${name}: a large picture is looked at reduced, its faces are in its own pixels`,
    { skip: needs(name) },
    async t => {
      const [, scene] = await drawnScenes()
      const large = doubled(scene!)
      const detector = await openDetector(name)
      const [small, found] = [await detector.detect(scene!), await detector.detect(large)]
      t.equal(found.length, small.length)
      // Reduced it is the same picture again.
      for (const [i, { box, points, score }] of small.entries()) {
        t.same(
          found[i]!.points,
          points.map(([x, y]) => [2 * x + 0.5, 2 * y + 0.5]),
        )
        t.same(found[i]!.box, [2 * box[0] + 0.5, 2 * box[1] + 0.5, 2 * box[2], 2 * box[3]])
        t.equal(found[i]!.score, score)
      }
      const strict = await openDetector(name, { minScore: small[0]!.score - 1e-9, threads: 1 })
      t.equal((await strict.detect(scene!)).length, 1, 'only the best')
      for (const open of [detector, strict]) await open.close()
    },
  )
}

function needs(name: DetectorName): string | false {
  return installedDetector(name) ? false : `needs ${name}: face-align --install ${name}`
}

function doubled({ pixels, width, height }: { pixels: Uint8Array; width: number; height: number }) {
  const large = new Uint8Array(4 * pixels.length)
  for (let i = 0; i < large.length; i++) {
    const [at, channel] = [Math.floor(i / 3), i % 3]
    const [x, y] = [at % (2 * width), Math.floor(at / (2 * width))]
    large[i] = pixels[(Math.floor(y / 2) * width + Math.floor(x / 2)) * 3 + channel]!
  }
  return { pixels: large, width: 2 * width, height: 2 * height }
}
