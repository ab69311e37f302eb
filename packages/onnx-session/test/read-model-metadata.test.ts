import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DataError } from '@tiny-face/safe-files'
import t from 'tap'
import { sharedData } from '../../../test/shared-data.js'
import { MAX_METADATA_ENTRY_BYTES, readModelMetadata } from '../src/index.js'
import { onnxModel } from './onnx-model.js'

const identity = {
  inputs: [{ name: 'x', dtype: 'float32' as const, shape: [2] }],
  outputs: [{ name: 'y', dtype: 'float32' as const, shape: [2] }],
  nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
}
const metadata = { 'tiny_face.preprocess': '{"order":"rgb"}', Größe: 'ä'.repeat(300), empty: '', __proto__x: '1' }
const model = onnxModel({ ...identity, metadata })

t.test('metadata is read from bytes and from a file', async t => {
  t.same(readModelMetadata(model), metadata)
  const file = join(t.testdir(), 'model.onnx')
  writeFileSync(file, model)
  t.same(readModelMetadata(file), metadata)
  t.same(readModelMetadata(onnxModel(identity)), {})
})

t.test('a model that was cut off is an error with the place, at whatever byte', async t => {
  let whole = 0
  for (let length = 0; length < model.length; length++) {
    try {
      readModelMetadata(model.subarray(0, length))
      whole++
    } catch (error) {
      t.type(error, DataError)
      t.match((error as Error).message, /^ONNX model: (byte \d+: )?expected [^\n]*, found [^\n]*$/)
    }
  }
  // Cut between two fields after the graph, protobuf has no way to tell: before the opset and after it, and between 4 entries.
  t.equal(whole, 1 + 4)
})

t.test('the message says what is missing', async t => {
  t.throws(() => readModelMetadata(model.subarray(0, 50)), {
    message: /^ONNX model: byte 2: expected \d+ bytes of field 7, found 46$/,
  })
  t.throws(() => readModelMetadata(new Uint8Array(0)), {
    message: 'ONNX model: expected an ONNX model, found no graph in it',
  })
  t.throws(() => readModelMetadata(Buffer.from('<!DOCTYPE html>')), { message: /byte 0: expected an ONNX model/ })
  t.throws(() => readModelMetadata(new Uint8Array(20).fill(0xff)), { message: /byte 0: .* a number of over 10 bytes/ })
})

t.test('an entry over the limit is refused', async t => {
  const value = 'x'.repeat(MAX_METADATA_ENTRY_BYTES)
  t.throws(() => readModelMetadata(onnxModel({ ...identity, metadata: { value } })), {
    message: /at most 16777216 bytes/,
  })
})

const data = sharedData()
t.test('a model that PyTorch exported', { skip: data === undefined }, async t => {
  t.same(readModelMetadata(join(data!, 'models/foamliu_MobileFaceNet.onnx')), {})
})
