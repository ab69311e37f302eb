import t from 'tap'
import { NETWORKS } from '../../src/index.js'
import { checkStep } from '../reference.js'

t.test('a compiled step of IR-34 is an eager one', async t =>
  checkStep(t, NETWORKS.ir34, { size: 8, engines: ['onnx'] }),
)
