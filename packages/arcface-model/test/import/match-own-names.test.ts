import { join } from 'node:path'
import t from 'tap'
import { exportRun } from '../../src/commands/export-run.js'
import { importRun } from '../../src/commands/import-run.js'
import { NETWORKS, type NetworkName, networkVariables, readWeights } from '../../src/index.js'
import { trainedRun } from '../trained-run.js'

const NETWORK_LIST: NetworkName[] = ['mobilefacenet', 'foamliu-mobilefacenet', 'ir18']

for (const network of NETWORK_LIST) {
  t.test(`${network}: what was exported comes in again, each number as it was`, async t => {
    const folder = t.testdir({ run: {} })
    const run = trainedRun(join(folder, 'run'), network, 32)
    const { weights } = readWeights(run)
    for (const ending of ['onnx', 'safetensors']) {
      const [out, back] = [join(folder, `exported.${ending}`), join(folder, `from-${ending}`)] as const
      await exportRun(run, { out, precision: 'f32' })
      await importRun(out, { out: back })
      const found = readWeights(back)
      t.strictSame([found.network, found.embeddingSize], [network, 32])
      for (const { name } of networkVariables(NETWORKS[network], 32))
        if (Buffer.compare(bytesOf(found.weights[name]), bytesOf(weights[name])) !== 0) t.fail(`${ending}: ${name}`)
    }
  })
}

t.test('a rounded model and another network than the one asked for are refused', async t => {
  const folder = t.testdir({ run: {} })
  const run = trainedRun(join(folder, 'run'), 'mobilefacenet', 32)
  const [half, tensors, out] = ['half.onnx', 'own.safetensors', 'back'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ]
  await exportRun(run, { out: half, precision: 'f16' })
  await t.rejects(importRun(half, { out }), { name: 'DataError', message: /half\.onnx: .*in f16 or int8, rounded/ })
  await exportRun(run, { out: tensors, precision: 'f32' })
  await t.rejects(importRun(tensors, { out, network: 'ir18' }), {
    name: 'DataError',
    expected: 'tensors of ir18, which was asked for',
    found: 'those of --from tiny-face --network mobilefacenet',
  })
})

function bytesOf(values: Float32Array | undefined): Buffer {
  return values === undefined ? Buffer.alloc(0) : Buffer.from(values.buffer, values.byteOffset, values.byteLength)
}
