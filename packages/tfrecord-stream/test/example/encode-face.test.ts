import t from 'tap'
import { encodeExample } from '../../src/example/encode-example.js'
import { FaceEncoder } from '../../src/example/encode-face.js'
import { lengthCrc, maskedCrc } from '../../src/framing/tfrecord.js'

const keysOf = { image: 'image_raw', label: 'label' }

t.test('a face is written as the Example of the same two features', async t => {
  for (const keys of [
    keysOf,
    { image: 'image/encoded', label: 'image/class/label' },
    { image: 'zebra', label: 'ant' },
  ]) {
    const encoder = new FaceEncoder(keys)
    for (const size of [0, 1, 100, 109, 110, 111, 112, 113, 127, 128, 2048, 16370, 16383, 16384, 70000]) {
      for (const label of [0, 1, 127, 128, 16383, 16384, 85741, 2 ** 31 - 1]) {
        const image = Buffer.alloc(size, 0xa5)
        const bytes = Buffer.alloc(encoder.size(size, label))
        t.equal(encoder.write(bytes, 0, image, label), bytes.length)
        const expected = encodeExample(
          new Map([
            [keys.label, { kind: 'int64', values: BigInt64Array.of(BigInt(label)) }],
            [keys.image, { kind: 'bytes', values: [image] }],
          ]),
        )
        if (Buffer.compare(bytes, expected) !== 0) t.fail(`${size} bytes with label ${label}`)
      }
    }
  }
})

t.test("a length's CRC is the library's", async t => {
  for (const length of [0, 1, 255, 256, 65535, 0x01020304, 2 ** 30, 2 ** 32 - 1]) {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE(BigInt(length))
    t.equal(lengthCrc(length), maskedCrc(bytes))
  }
})
