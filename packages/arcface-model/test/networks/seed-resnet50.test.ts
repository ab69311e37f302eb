import t from 'tap'
import { NETWORKS } from '../../src/index.js'
import { checkStep } from '../reference.js'

t.test('a compiled step of the ResNet-50 of the seed is an eager one', async t =>
  checkStep(t, NETWORKS['seed-resnet50'], 24),
)
