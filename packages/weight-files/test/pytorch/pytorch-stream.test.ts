import { join } from 'node:path'
import t from 'tap'
import { openWeights } from '../../src/index.js'
import { checkDamage } from '../damage.js'
import { checkTensors, copies, expectedOf, fixture } from '../fixture.js'

t.test('the same tensors as in an archive', t =>
  checkTensors(t, fixture('tensors-stream.pth'), expectedOf('tensors.json')),
)

t.test("arcface_torch's checkpoint holds its backbone", async t => {
  const file = await openWeights(fixture('backbone.pt'))
  t.strictSame(
    [...file.tensors.keys()],
    ['0.weight', '1.weight', '1.bias', '1.running_mean', '1.running_var', '1.num_batches_tracked', '2.weight'],
  )
  file.close()
})

t.test('damage', async t => {
  const path = join(copies(t, 'tensors-stream.pth'), 'tensors-stream.pth')
  await checkDamage(t, path, path, { verified: false })
})
