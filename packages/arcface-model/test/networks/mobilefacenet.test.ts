import t from 'tap'
import { NETWORKS } from '../../src/index.js'
import { checkStep } from '../reference.js'

t.test('a compiled step of MobileFaceNet is an eager one', async t =>
  checkStep(t, NETWORKS.mobilefacenet, { size: 32 }),
)
