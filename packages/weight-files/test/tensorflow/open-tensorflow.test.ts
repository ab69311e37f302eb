import { rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openWeights } from '../../src/index.js'
import { checkDamage } from '../damage.js'
import { checkTensors, copies, expectedOf, fixture } from '../fixture.js'

const FILES = ['tiny.ckpt.index', 'tiny.ckpt.data-00000-of-00001']

t.test("variables of every number type, by any of the checkpoint's names", async t => {
  const expected = expectedOf('tiny-ckpt.json')
  for (const name of ['tiny.ckpt', ...FILES]) await checkTensors(t, fixture(name), expected)
})

t.test('shards', t => checkTensors(t, fixture('sharded.ckpt'), expectedOf('tiny-ckpt.json')))

t.test('a missing shard is named', async t => {
  const folder = copies(t, ...FILES)
  rmSync(join(folder, FILES[1]!))
  const file = await openWeights(join(folder, 'tiny.ckpt'))
  t.throws(() => file.read('double'), /tiny\.ckpt\.data-00000-of-00001/)
  file.close()
})

t.test('damage of the index', async t => {
  const folder = copies(t, ...FILES)
  await checkDamage(t, join(folder, 'tiny.ckpt'), join(folder, FILES[0]!), { verified: true })
})

t.test('damage of the numbers', async t => {
  const folder = copies(t, ...FILES)
  await checkDamage(t, join(folder, 'tiny.ckpt'), join(folder, FILES[1]!), { verified: true })
})
