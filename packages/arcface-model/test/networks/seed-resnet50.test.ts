import t from 'tap'
import { NETWORKS } from '../../src/index.js'
import { checkStep } from '../reference.js'

/**
 * The reference convolves in plain JavaScript, so the images are tiny: at 16 px the last batch norms see 8 values, and 50 layers
 * magnify rounding. The rules themselves are held to 1e-5 by tfjs-compiler's tests.
 */
const LEAST_COSINE = 0.999

t.test('a compiled step of the ResNet-50 of the seed is an eager one', async t => {
  await checkStep(t, NETWORKS['seed-resnet50'], 16, LEAST_COSINE)
})
