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
  t.throws(() => readModelMetadata(Uint8Array.of(8, 8)), {
    message: 'ONNX model: expected an ONNX model, found no graph in it',
  })
  t.throws(() => readModelMetadata(new Uint8Array(20).fill(0xff)), { message: /byte 0: .* a number of over 10 bytes/ })
})

t.test('a file that is no ONNX model is called what it is', t => {
  const ones = '\x01'.repeat(600)
  const kinds: [bytes: string, found: string][] = [
    ['', 'an empty file'],
    [
      `version https://git-lfs.github.com/spec/v1\noid sha256:${'4d'.repeat(32)}\nsize 174383860\n`,
      'a Git LFS pointer; git lfs pull fetches the file it stands for',
    ],
    ['<!DOCTYPE html><html><head><title>Google Drive - Quota exceeded', 'an HTML page'],
    [`PK\x03\x04${'\0'.repeat(22)}\x10\0\0\0archive/data.pkl${ones}`, 'a PyTorch file (.pth, .pt)'],
    [
      `\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.${ones}`,
      'a PyTorch file (.pth, .pt)',
    ],
    [`PK\x03\x04${'\0'.repeat(22)}\x0a\0\0\0model.onnx${ones}`, 'a zip archive'],
    [`\x1c\0\0\0TFL3\x14\0\x20\0${ones}`, 'a TensorFlow Lite model (.tflite)'],
    [`\x58\x07\0\0\0\0\0\0{"__metadata__":{}}${ones}`, 'a safetensors file'],
    [`\x12\x01${'\0'.repeat(14)}\x05\0\0\0\0\0\0\0${ones}`, 'an MXNet file of weights (.params)'],
    [`\x1c\0\0\0ORTM\x14\0\x20\0${ones}`, "onnxruntime's own format (.ort)"],
    ['\x89HDF\r\n\x1a\n\0\0', 'an HDF5 file'],
    ['{"nodes": [{"op": "null", "name": "data"}]}', 'a text'],
    ['7767517\n75 83\nInput data', 'a text'],
  ]
  for (const [bytes, found] of kinds)
    t.throws(
      () => readModelMetadata(Buffer.from(bytes, 'latin1')),
      { name: 'DataError', message: `ONNX model: byte 0: expected an ONNX model, found ${found}` },
      found,
    )
  t.end()
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
