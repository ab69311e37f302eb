import '@tensorflow/tfjs-backend-cpu'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { io } from '@tensorflow/tfjs-core'
import t from 'tap'
import { openWeights } from '../../src/index.js'
import { checkDamage } from '../damage.js'
import { outcome } from '../fixture.js'

/** Every type, with numbers that are no whole ones after quantization. */
const SPECS: io.WeightsManifestEntry[] = [
  {
    name: 'conv/filters',
    shape: [2, 1, 1, 3],
    dtype: 'float32',
    quantization: { dtype: 'uint8', scale: 0.0123, min: -1.7 },
  },
  { name: 'fc', shape: [2, 2], dtype: 'float32' },
  { name: 'wide', shape: [3], dtype: 'float32', quantization: { dtype: 'uint16', scale: 3.3e-5, min: 0.2 } },
  { name: 'half', shape: [2], dtype: 'float32', quantization: { dtype: 'float16' } as never },
  { name: 'count', shape: [], dtype: 'int32' },
  { name: 'flags', shape: [3], dtype: 'bool' },
]
const BYTES = Buffer.from(
  '0001807fc8ff' + '0000803f000000c0db0f494000000000' + '0000ff7fffff' + '003c01c0' + 'feffffff' + '010001',
  'hex',
)

/** In files of these names, cut where tensors go on. */
function manifest(folder: string, weights: object[], cuts: Record<string, Uint8Array>): string {
  for (const [name, bytes] of Object.entries(cuts)) writeFileSync(join(folder, name), bytes)
  const path = join(folder, 'tiny-weights_manifest.json')
  writeFileSync(path, JSON.stringify([{ weights, paths: Object.keys(cuts) }]))
  return path
}

t.test('tensors are what TensorFlow.js makes of them, whichever files they lie in', async t => {
  const folder = t.testdir()
  const expected = io.decodeWeights(Uint8Array.from(BYTES).buffer, SPECS)
  for (const cuts of [[BYTES.length], [3, BYTES.length], [8, 9, 23, BYTES.length]]) {
    const parts = cuts.map((end, i) => [`tiny-shard${i}`, BYTES.subarray(cuts[i - 1] ?? 0, end)])
    const file = await openWeights(manifest(folder, SPECS, Object.fromEntries(parts)))
    t.equal(file.format, 'tfjs')
    t.strictSame([...file.tensors.keys()], Object.keys(expected))
    for (const [name, tensor] of Object.entries(expected)) {
      t.strictSame(file.tensors.get(name)?.shape, tensor.shape, name)
      t.strictSame([...file.read(name)], [...tensor.dataSync()].map(Number), name)
    }
    file.close()
  }
})

t.test('groups lie in files of their own', async t => {
  const folder = t.testdir({ 'a.bin': Buffer.from('01', 'hex'), 'b.bin': Buffer.from('02', 'hex') })
  const quantization = { dtype: 'uint8', scale: 2, min: 1 }
  const group = (name: string) => ({
    paths: [`${name}.bin`],
    weights: [{ name, shape: [1], dtype: 'float32', quantization }],
  })
  const path = join(folder, 'x.json')
  writeFileSync(path, `\n ${JSON.stringify([group('a'), group('b')], null, 2)}`)
  t.strictSame(
    await outcome(path),
    new Map([
      ['a', Float32Array.of(3)],
      ['b', Float32Array.of(5)],
    ]),
  )
})

t.test('what does not fit is told', async t => {
  const folder = t.testdir({ sub: {} })
  const one = { name: 'a', shape: [2], dtype: 'float32' }
  const floats = { 'a.bin': new Uint8Array(8) }
  const cases: [weights: object[], files: Record<string, Uint8Array>, message: RegExp][] = [
    [[one], { 'a.bin': new Uint8Array(7) }, /expected tensor "a": 8 bytes from byte 0 of its files, found 7 in all$/],
    [[one], { 'a.bin': new Uint8Array(9) }, /expected 8 bytes of tensors in \S+a\.bin, found 9$/],
    [[one, one], { 'a.bin': new Uint8Array(16) }, /expected tensor "a": one of that name, found two$/],
    [
      [{ ...one, dtype: 'string' }],
      floats,
      /\[0\]\.weights\[0\]\.dtype, expected float32 or int32 or bool, found "string"$/,
    ],
    [[{ ...one, shape: [-2] }], floats, /expected tensor "a": a shape of whole numbers, found \[-2\]$/],
    [[{ ...one, shape: [2 ** 20, 2 ** 20] }], floats, /expected tensor "a": at most \d+ numbers in a tensor/],
    [
      [{ ...one, name: 'a'.repeat(5000) }],
      floats,
      /expected tensor "a{100}": a name of at most 4096 bytes, found more$/,
    ],
    [
      [{ ...one, quantization: { dtype: 'uint8', scale: 1 } }],
      { 'a.bin': new Uint8Array(2) },
      /expected tensor "a": a scale and a min of its quantization, found none$/,
    ],
    [
      [{ ...one, quantization: { dtype: 'uint4' } }],
      floats,
      /quantization\.dtype, expected uint8 or uint16 or float16/,
    ],
  ]
  for (const [weights, files, message] of cases) t.match(await outcome(manifest(folder, weights, files)), message)
  for (const outside of ['../a.bin', '/etc/passwd', '', 'sub/../../a.bin', 'x\0y']) {
    const path = join(folder, 'outside.json')
    writeFileSync(path, JSON.stringify([{ paths: [outside], weights: [one] }]))
    t.match(await outcome(path), /expected files in the manifest's folder, found "/)
  }
  const missing = join(folder, 'missing.json')
  writeFileSync(missing, JSON.stringify([{ paths: ['none.bin'], weights: [one] }]))
  t.match(await outcome(missing), /missing\.json: expected none\.bin beside it, with its numbers, found none$/)
  writeFileSync(missing, '[{"paths": [1], "weights": []}]')
  t.match(await outcome(missing), /missing\.json: \[0\]\.paths\[0\], expected a text, found 1$/)
})

t.test('damage', async t => {
  const path = manifest(t.testdir(), SPECS, { 'tiny.bin': BYTES })
  await checkDamage(t, path, path, { verified: false })
})
