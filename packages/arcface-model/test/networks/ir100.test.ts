import t from 'tap'
import { NETWORKS } from '../../src/index.js'
import { checkStep } from '../reference.js'

t.test('a compiled step of IR-100 is an eager one', async t =>
  checkStep(t, NETWORKS.ir100, { size: 8, engines: ['onnx'] }),
)
