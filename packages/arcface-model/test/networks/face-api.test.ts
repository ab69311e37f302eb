import t from 'tap'
import { NETWORKS } from '../../src/index.js'
import { checkStep } from '../reference.js'

// The smallest images of which its last convolution leaves anything. The reference would take minutes.
t.test("a compiled step of face-api's network is an eager one", async t =>
  checkStep(t, NETWORKS['face-api'], { size: 103, engines: ['onnx'] }),
)
