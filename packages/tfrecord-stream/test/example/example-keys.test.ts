import t from 'tap'
import { DEFAULT_KEYS, exampleKeys } from '../../src/index.js'

t.test('the default names, unless others are given; never one for both', t => {
  t.same(exampleKeys({}), DEFAULT_KEYS)
  t.same(exampleKeys({ imageKey: 'x' }), { image: 'x', label: 'label' })
  t.throws(() => exampleKeys({ imageKey: 'label' }), { name: 'UsageError' })
  t.end()
})
