import { PRESETS } from '../../preprocess.js'
import { type LayerNames, type NameTable, PYTORCH } from '../name-table.js'

/**
 * The IR networks of AdaFace's net.py, which CVLface's models/iresnet/model.py shares. They differ from arcface_torch's in the first unit's
 * shortcut: MaxPool2d(1, 2), which takes every second pixel as it is, where ours has a convolution. Ours gets the one that does the same.
 */
const LAYERS: readonly LayerNames[] = [
  { ours: 'stem', weights: 'input_layer.0', norm: 'input_layer.1', slope: 'input_layer.2' },
  { ours: 'stage1/1/shortcut', identity: true },
  {
    ours: 'stage{stage}/{unit}/shortcut',
    weights: 'body.{block}.shortcut_layer.0',
    norm: 'body.{block}.shortcut_layer.1',
  },
  { ours: 'stage{stage}/{unit}/input', norm: 'body.{block}.res_layer.0' },
  {
    ours: 'stage{stage}/{unit}/conv1',
    weights: 'body.{block}.res_layer.1',
    norm: 'body.{block}.res_layer.2',
    slope: 'body.{block}.res_layer.3',
  },
  { ours: 'stage{stage}/{unit}/conv2', weights: 'body.{block}.res_layer.4', norm: 'body.{block}.res_layer.5' },
  { ours: 'output', norm: 'output_layer.0' },
  { ours: 'embedding', weights: 'output_layer.3', norm: 'output_layer.4', bare: true },
]

const COMMON = {
  tensors: PYTORCH,
  networks: ['ir18', 'ir34', 'ir50', 'ir100'],
  epsilon: 1e-5,
  layers: LAYERS,
  leftOut: [/\.num_batches_tracked$/, /^head\./],
} as const

/** github.com/mk-minchul/AdaFace, net.py; inference.py gives it BGR. */
export const adaface: NameTable = {
  ...COMMON,
  name: 'adaface',
  source: 'AdaFace, net.py (takes BGR)',
  input: { ...PRESETS.arcface, order: 'bgr' },
}

/** github.com/mk-minchul/CVLface, models/iresnet/model.py */
export const cvlface: NameTable = {
  ...COMMON,
  name: 'cvlface',
  source: 'CVLface, models/iresnet/model.py (takes RGB)',
  input: PRESETS.arcface,
}
