import t from 'tap'
import { NETWORKS } from '../../src/index.js'
import { checkStep } from '../reference.js'

// The reference is plain JavaScript, so the images are tiny.
t.test('a compiled step of the ResNet-50 of the seed is an eager one', async t => {
  await checkStep(t, NETWORKS['seed-resnet50'], { size: 16 })
})
