import { gunzipSync, inflateSync } from 'node:zlib'
import t from 'tap'
import { CompressedSink, type Compression } from '../src/index.js'

const UNPACK = { gzip: gunzipSync, zlib: inflateSync }

function compressed(kind: Compression, writes: Uint8Array[]): Buffer {
  const chunks: Buffer[] = []
  const sink = new CompressedSink(kind, bytes => chunks.push(Buffer.from(bytes)))
  for (const bytes of writes) sink.write(bytes)
  sink.finish()
  return Buffer.concat(chunks)
}

function noise(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  for (let at = 0, state = 1; at < size; at++) {
    state = (state * 48271) % 0x7fffffff
    bytes[at] = state >> 8
  }
  return bytes
}

for (const kind of ['gzip', 'zlib'] as const) {
  t.test(`${kind}: zlib reads it back, checksums and all`, t => {
    for (const size of [0, 1, 5551, 5552, 5553, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 2_500_000]) {
      for (const bytes of [noise(size), Buffer.alloc(size, 255)]) {
        const file = compressed(kind, [bytes])
        t.ok(UNPACK[kind](file).equals(bytes), `${size} bytes`)
        const { engine } = UNPACK[kind](file, { info: true }) as unknown as { engine: { bytesWritten: number } }
        t.equal(engine.bytesWritten, file.length, 'one member, and nothing behind it')
      }
    }
    t.end()
  })

  t.test(`${kind}: the same bytes however they are handed over`, t => {
    const bytes = noise(1_200_000)
    const pieces = Array.from({ length: 1201 }, (_, i) => bytes.subarray(i * 1000, (i + 1) * 1000))
    t.ok(compressed(kind, pieces).equals(compressed(kind, [bytes])))
    t.end()
  })
}
