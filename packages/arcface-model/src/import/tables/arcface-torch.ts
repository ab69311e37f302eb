import { PRESETS } from '../../preprocess.js'
import { type LayerNames, type NameTable, PYTORCH } from '../name-table.js'

/** Heads and training state in checkpoint_gpu_0.pt lie apart from the network's tensors; a state_dict has only counters. */
const LEFT_OUT = [/\.num_batches_tracked$/]

/** github.com/deepinsight/insightface, recognition/arcface_torch/backbones/iresnet.py */
export const arcfaceTorchIResNet: NameTable = {
  name: 'arcface_torch',
  source: 'insightface, arcface_torch/backbones/iresnet.py',
  tensors: PYTORCH,
  networks: ['ir18', 'ir34', 'ir50', 'ir100'],
  input: PRESETS.arcface,
  epsilon: 1e-5,
  layers: [
    { ours: 'stem', weights: 'conv1', norm: 'bn1', slope: 'prelu' },
    { ours: 'stage{stage}/{unit}/input', norm: 'layer{stage}.{unit-1}.bn1' },
    {
      ours: 'stage{stage}/{unit}/conv1',
      weights: 'layer{stage}.{unit-1}.conv1',
      norm: 'layer{stage}.{unit-1}.bn2',
      slope: 'layer{stage}.{unit-1}.prelu',
    },
    { ours: 'stage{stage}/{unit}/conv2', weights: 'layer{stage}.{unit-1}.conv2', norm: 'layer{stage}.{unit-1}.bn3' },
    {
      ours: 'stage{stage}/{unit}/shortcut',
      weights: 'layer{stage}.{unit-1}.downsample.0',
      norm: 'layer{stage}.{unit-1}.downsample.1',
    },
    { ours: 'output', norm: 'bn2' },
    { ours: 'embedding', weights: 'fc', norm: 'features' },
  ],
  leftOut: LEFT_OUT,
}

/** github.com/deepinsight/insightface, recognition/arcface_torch/backbones/mobilefacenet.py with scale=1, which is the paper's network */
export const arcfaceTorchMobileFaceNet: NameTable = {
  name: 'arcface_torch-mobilefacenet',
  source: 'insightface, arcface_torch/backbones/mobilefacenet.py with scale=1',
  tensors: PYTORCH,
  networks: ['mobilefacenet'],
  input: PRESETS.arcface,
  epsilon: 1e-5,
  layers: [block('stem', 'layers.0'), block('stem-depthwise', 'layers.1'), ...behindStem()],
  leftOut: LEFT_OUT,
}

/** The same with scale=2, as get_mbf has it: 64 groups for 128 channels of the first depthwise convolution. */
export const arcfaceTorchMbf: NameTable = {
  ...arcfaceTorchMobileFaceNet,
  name: 'arcface_torch-mbf',
  source: 'insightface, arcface_torch/backbones/mobilefacenet.py, get_mbf',
  networks: ['mbf'],
  layers: [
    { ...block('stem', 'layers.0'), paired: 'outputs' },
    { ...block('stem-depthwise', 'layers.1'), paired: 'both', half: 'own' },
    { ours: 'stem-depthwise-other', weights: 'layers.1.layers.0', paired: 'both', half: 'other' },
    { ...block('stage1/1/expand', 'layers.2.layers.0'), paired: 'inputs' },
    ...behindStem(),
  ],
}

function behindStem(): LayerNames[] {
  return [
    ...unit('stage1/1', 'layers.2'),
    ...unit('stage1/{unit}', 'layers.3.layers.{unit-2}'),
    ...unit('stage2/1', 'layers.4'),
    ...unit('stage3/{unit}', 'layers.5.layers.{unit-1}'),
    ...unit('stage4/1', 'layers.6'),
    ...unit('stage5/{unit}', 'layers.7.layers.{unit-1}'),
    block('expand', 'conv_sep'),
    { ours: 'global', weights: 'features.layers.0.layers.0', norm: 'features.layers.0.layers.1' },
    { ours: 'embedding', weights: 'features.layers.2', norm: 'features.layers.3', dense: true },
  ]
}

/** ConvBlock: convolution, batch norm, PReLU. */
function block(ours: string, theirs: string) {
  return { ours, weights: `${theirs}.layers.0`, norm: `${theirs}.layers.1`, slope: `${theirs}.layers.2` }
}

/** DepthWise: two of them and a LinearBlock. */
function unit(ours: string, theirs: string) {
  return [
    block(`${ours}/expand`, `${theirs}.layers.0`),
    block(`${ours}/depthwise`, `${theirs}.layers.1`),
    block(`${ours}/project`, `${theirs}.layers.2`),
  ]
}
