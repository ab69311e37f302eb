import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openWeights } from '../../src/index.js'
import { checkDamage } from '../damage.js'
import { checkTensors, copies, expectedOf, fixture, outcome } from '../fixture.js'

t.test('numbers wherever a tensor may hold them', async t => {
  const expected = expectedOf('tiny-onnx.json')
  await checkTensors(t, fixture('tiny.onnx'), expected)
  await checkTensors(t, fixture('tiny-external.onnx'), expected)
})

t.test('the operations in their order', async t => {
  const file = await openWeights(fixture('tiny.onnx'))
  t.strictSame(
    file.graph?.map(({ operator }) => operator),
    ['Constant', 'Conv', 'BatchNormalization'],
  )
  t.strictSame(file.graph?.[1]?.inputs, ['x', 'raw', 'fields'])
  t.strictSame(file.graph?.[1]?.attributes.get('strides'), [1, 1])
  t.equal(file.graph?.[2]?.attributes.get('epsilon'), Math.fround(2e-5))
  file.close()
})

t.test("external data lies in the model's folder, wherever links lead", async t => {
  const folder = copies(t, 'tiny-external.onnx', 'tiny-external.data')
  const [model, data] = ['tiny-external.onnx', 'tiny-external.data'].map(name => join(folder, name)) as [string, string]
  mkdirSync(join(folder, 'elsewhere'))
  mkdirSync(join(folder, 'models'))
  const moved = join(folder, 'models', 'tiny-external.onnx')
  renameSync(model, moved)
  symlinkSync(data, join(folder, 'models', 'tiny-external.data'))
  t.match(await outcome(moved), /expected external data in the model's folder, found "tiny-external\.data"$/)
  rmSync(join(folder, 'models', 'tiny-external.data'))
  t.match(await outcome(moved), /expected tiny-external\.data beside it, with its numbers, found none$/)
  writeFileSync(join(folder, 'models', 'tiny-external.data'), 'short')
  t.match(await outcome(moved), /expected 8 bytes of outside, found 0 to the end$/)
})

t.test('damage', async t => {
  const path = join(copies(t, 'tiny.onnx'), 'tiny.onnx')
  // A message that ends between two fields is a message.
  await checkDamage(t, path, path, { verified: false, cutIsTold: false })
})
