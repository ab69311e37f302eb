import { join } from 'node:path'
import t from 'tap'
import { openWeights } from '../../src/index.js'
import { checkDamage } from '../damage.js'
import { checkTensors, copies, expectedOf, fixture } from '../fixture.js'

t.test('every number type, strides, offsets and shared storages', t =>
  checkTensors(t, fixture('tensors.pth'), expectedOf('tensors.json')),
)

t.test("a training run's checkpoint holds its network's state_dict", async t => {
  const file = await openWeights(fixture('checkpoint.ckpt'))
  t.strictSame([...file.tensors.keys()].slice(0, 2), ['model.0.weight', 'model.1.weight'])
  t.strictSame([...file.read('model.0.weight')], Array(108).fill(2))
  t.strictSame(file.tensors.get('model.1.num_batches_tracked'), { shape: [], type: 'int64' })
  file.close()
})

t.test('what is a program is called that', async t => {
  await t.rejects(openWeights(fixture('scripted.pt')), { message: /found a TorchScript archive, which is a program$/ })
  await t.rejects(openWeights(fixture('whole-network.pth')), {
    message:
      /found GLOBAL torch\.nn\.modules\.container\.Sequential; only torch\.save\(network\.state_dict\(\), FILE\)/,
  })
})

t.test('damage', async t => {
  const path = join(copies(t, 'tensors.pth'), 'tensors.pth')
  await checkDamage(t, path, path, { verified: true })
})
