import { PRESETS } from '../../preprocess.js'
import { type LayerNames, type NameTable, TENSORFLOW } from '../name-table.js'

/**
 * github.com/Ecohnoch/Tiny-Face-Recognition, resnet50.py: its stages are 2 to 5 in a layer's name, and 1 to 4 once more before a unit's
 * letter; the stem is called 3x3 and is 7x7. Batch norms of tf.layers have an epsilon of 0.001.
 */
export const tinyFaceRecognition: NameTable = {
  name: 'tiny-face-recognition',
  source: 'Tiny-Face-Recognition, resnet50.py',
  tensors: TENSORFLOW,
  networks: ['resnet50'],
  input: PRESETS['mxnet-bgr'],
  epsilon: 1e-3,
  layers: [
    { ours: 'stem', weights: 'conv1_1/3x3_s1', norm: 'bn1_1/3x3_s1' },
    layer('reduce', '1x1_reduce'),
    layer('filter', '3x3'),
    layer('expand', '1x1_increase'),
    layer('shortcut', '1x1_shortcut'),
    { ours: 'embedding', weights: 'fc1', norm: 'fbn' },
  ],
  // Momentum's velocities, ArcFace's centres, and the count of steps.
  leftOut: [/\/Momentum$/, /(^|\/)embedding_weights$/, /^global_step$/, /_power$/],
}

function layer(ours: string, theirs: string): LayerNames {
  const name = `{stage+1}_{stage}{letter}_${theirs}`
  return { ours: `stage{stage}/{unit}/${ours}`, weights: `conv${name}`, norm: `bn${name}` }
}
