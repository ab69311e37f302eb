import t from 'tap'
import { faceBytes, recordBytes, tensorOf } from '../src/index.js'

t.test("a record's bytes are its image's and its tensors', and its payload's where all are counted", async t => {
  t.equal(faceBytes({}), 0)
  t.equal(faceBytes({ image: new Uint8Array(5), payload: new Uint8Array(100) }), 5)
  const record = {
    image: new Uint8Array(5),
    pixels: tensorOf(new Uint8Array(12)),
    embedding: tensorOf(new Float32Array(4)),
    flipped: tensorOf(new Float32Array(2)),
    payload: new Uint8Array(100),
  }
  t.equal(faceBytes(record), 5 + 12 + 16 + 8)
  t.equal(recordBytes(record), 141)
})
