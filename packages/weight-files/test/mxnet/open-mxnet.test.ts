import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openWeights } from '../../src/index.js'
import { checkDamage } from '../damage.js'
import { checkTensors, copies, expectedOf, fixture } from '../fixture.js'

t.test('arrays of every number type', t => checkTensors(t, fixture('tiny-0000.params'), expectedOf('tiny-params.json')))

t.test('a symbol stands for its one .params', async t => {
  await checkTensors(t, fixture('tiny-symbol.json'), expectedOf('tiny-params.json'))
  const folder = copies(t, 'tiny-0000.params', 'tiny-symbol.json')
  const symbol = join(folder, 'tiny-symbol.json')
  copyFileSync(fixture('tiny-0000.params'), join(folder, 'tiny-0012.params'))
  await t.rejects(openWeights(symbol), {
    message: /expected one tiny-0000\.params beside it, .*, found tiny-0000\.params, tiny-0012\.params$/,
  })
  rmSync(join(folder, 'tiny-0000.params'))
  rmSync(join(folder, 'tiny-0012.params'))
  await t.rejects(openWeights(symbol), { message: /found none$/ })
})

t.test('what batch norms do is in the symbol', async t => {
  const file = await openWeights(fixture('tiny-0000.params'))
  t.strictSame(
    file.norms,
    new Map([
      ['bn0', { epsilon: 2e-5, fixedScale: false }],
      ['bn1', { epsilon: 1e-3, fixedScale: true }],
    ]),
  )
  file.close()
})

t.test('arrays of older versions', async t => {
  const { conv0_weight: whole } = expectedOf('tiny-params.json')
  for (const version of [0, 1])
    await checkTensors(t, fixture(`version${version}-0000.params`), { a: { ...whole!, shape: [2, 3] } })
})

t.test('without a symbol nothing is guessed', async t => {
  const folder = copies(t, 'tiny-0000.params', 'tiny-symbol.json')
  const [params, symbol] = ['tiny-0000.params', 'tiny-symbol.json'].map(name => join(folder, name)) as [string, string]
  writeFileSync(symbol, '{"nodes": [{"op": "BatchNorm", "name": "bn0", "attrs": {"eps": "-1"}}]}')
  await t.rejects(openWeights(params), {
    message: /tiny-symbol\.json: bn0, expected an eps between 0 and 1, found -1$/,
  })
  writeFileSync(symbol, '[]')
  await t.rejects(openWeights(params), { message: /tiny-symbol\.json: nodes, expected a value, found none$/ })
  rmSync(symbol)
  await t.rejects(openWeights(params), { message: /expected \S+tiny-symbol\.json beside it, .*, found none$/ })
})

t.test('damage', async t => {
  const path = join(copies(t, 'tiny-0000.params', 'tiny-symbol.json'), 'tiny-0000.params')
  await checkDamage(t, path, path, { verified: false })
})
