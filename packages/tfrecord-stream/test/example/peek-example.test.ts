import type { DataError } from '@tiny-face/safe-files'
import fc from 'fast-check'
import t from 'tap'
import { peekExample } from '../../src/example/peek-example.js'
import {
  DEFAULT_KEYS,
  decodeExample,
  encodeExample,
  exampleBytes,
  exampleFields,
  type Feature,
} from '../../src/index.js'
import { faceExample, fakeImage, runs } from '../fixtures.js'
import { arbitraryExample } from './arbitrary-example.js'

/** Whether the fast path says nothing, or what the decoder says, which takes all of the Example. */
function agrees(bytes: Uint8Array, keys = DEFAULT_KEYS): boolean {
  const peeked = peekExample(bytes, keys)
  if (peeked === undefined) return true
  const { label, image } = exampleFields(decodeExample(bytes), keys)
  return image !== undefined && label === peeked.label && Buffer.compare(image, peeked.image as Uint8Array) === 0
}

t.test('faces, in either order and under other names, are read', t => {
  for (const size of [1, 5, 100, 127, 128, 2000, 20_000, 2 ** 21]) {
    for (const label of [0, 1, 127, 128, 85741, 2 ** 32, 2 ** 49 - 1]) {
      const image = fakeImage(label, size)
      const read = (bytes: Uint8Array, keys = DEFAULT_KEYS) => {
        const face = peekExample(bytes, keys)
        return face !== undefined && face.label === label && image.equals(face.image as Uint8Array)
      }
      t.ok(read(faceExample(image, label)), `${size} bytes, label ${label}`)
      const keys = { image: 'x', label: 'image/class/label' }
      t.ok(read(exampleBytes({ image, label }, keys), keys), 'the label first')
    }
  }
  t.end()
})

t.test('all else is left to the decoder', t => {
  const image: Feature = { kind: 'bytes', values: [fakeImage(1)] }
  const label: Feature = { kind: 'int64', values: BigInt64Array.of(1n) }
  const left = (features: Record<string, Feature>, keys = DEFAULT_KEYS) =>
    t.equal(peekExample(encodeExample(new Map(Object.entries(features))), keys), undefined)
  left({})
  left({ image_raw: image })
  left({ label })
  left({ image_raw: image, label, more: label })
  left({ image_raw: { kind: 'none' }, label })
  left({ image_raw: { kind: 'bytes', values: [] }, label })
  left({ image_raw: { kind: 'bytes', values: [Buffer.alloc(0)] }, label })
  left({ image_raw: { kind: 'bytes', values: [Buffer.alloc(1), Buffer.alloc(1)] }, label })
  left({ image_raw: image, label: { kind: 'none' } })
  left({ image_raw: image, label: image })
  left({ image_raw: image, label: { kind: 'float', values: Float32Array.of(1) } })
  for (const values of [[], [1n, 2n], [-1n], [2n ** 49n], [2n ** 53n]])
    left({ image_raw: image, label: { kind: 'int64', values: BigInt64Array.from(values) } })
  left({ é: image, label }, { image: 'é', label: 'label' })
  left({ é: image, label }, { image: 'Ã©', label: 'label' })
  t.equal(
    peekExample(Buffer.concat([faceExample(fakeImage(1), 1), faceExample(fakeImage(2), 2)]), DEFAULT_KEYS),
    undefined,
  )
  t.equal(peekExample(Buffer.alloc(0), DEFAULT_KEYS), undefined)
  t.end()
})

t.test('every other value of every byte, and every end: nothing, or what the decoder says', t => {
  for (const face of [faceExample(fakeImage(1, 3), 5), faceExample(fakeImage(1, 130), 300)]) {
    for (let end = 0; end < face.length; end++) if (!agrees(face.subarray(0, end))) t.fail(`cut at ${end}`)
    for (let at = 0; at < face.length; at++) {
      const changed = Buffer.from(face)
      for (let byte = 0; byte < 256; byte++) {
        changed[at] = byte
        try {
          if (!agrees(changed)) t.fail(`byte ${at} as ${byte}`)
        } catch (error) {
          t.fail(`byte ${at} as ${byte}: ${(error as DataError).message}`)
        }
      }
    }
  }
  t.end()
})

t.test('Examples of every kind: nothing, or what the decoder says', t => {
  const simple = fc
    .tuple(fc.uint8Array({ maxLength: 200 }), fc.bigInt({ min: -3n, max: 2n ** 54n }), fc.boolean())
    .map(([image, label, reversed]) => {
      const features: [string, Feature][] = [
        ['image_raw', { kind: 'bytes', values: [image] }],
        ['label', { kind: 'int64', values: BigInt64Array.of(label) }],
      ]
      const encoded = features.map(feature => encodeExample(new Map([feature])))
      return Buffer.concat(reversed ? encoded.reverse() : encoded)
    })
  const any = arbitraryExample(['image_raw', 'label']).map(example => example.bytes)
  fc.assert(
    fc.property(fc.oneof(simple, any), bytes => agrees(bytes)),
    { numRuns: runs(500) },
  )
  t.end()
})
