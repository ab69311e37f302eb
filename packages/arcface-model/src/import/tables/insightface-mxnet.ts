import { PRESETS } from '../../preprocess.js'
import { MXNET, type NameTable } from '../name-table.js'

/**
 * github.com/deepinsight/insightface, symbol/fresnet.py: LResNet18E-IR to LResNet100E-IR (version_unit 3, version_input 1, version_output E,
 * version_act prelu). The file's own symbol says its epsilons, 2e-5 as a rule, and that the last batch norm's scale is fixed.
 */
export const insightfaceResNet: NameTable = {
  name: 'insightface-mxnet',
  source: 'insightface for MXNet, symbol/fresnet.py',
  tensors: MXNET,
  networks: ['ir18', 'ir34', 'ir50', 'ir100'],
  input: PRESETS.mxnet,
  epsilon: 2e-5,
  layers: [
    { ours: 'stem', weights: 'conv0', norm: 'bn0', slope: 'relu0' },
    { ours: 'stage{stage}/{unit}/input', norm: 'stage{stage}_unit{unit}_bn1' },
    {
      ours: 'stage{stage}/{unit}/conv1',
      weights: 'stage{stage}_unit{unit}_conv1',
      norm: 'stage{stage}_unit{unit}_bn2',
      slope: 'stage{stage}_unit{unit}_relu1',
    },
    {
      ours: 'stage{stage}/{unit}/conv2',
      weights: 'stage{stage}_unit{unit}_conv2',
      norm: 'stage{stage}_unit{unit}_bn3',
    },
    {
      ours: 'stage{stage}/{unit}/shortcut',
      weights: 'stage{stage}_unit{unit}_conv1sc',
      norm: 'stage{stage}_unit{unit}_sc',
    },
    { ours: 'output', norm: 'bn1' },
    { ours: 'embedding', weights: 'pre_fc1', norm: 'fc1' },
  ],
  // The head, and what newer versions keep beside it.
  leftOut: [/^fc7_/, /^data$/],
}

/** github.com/deepinsight/insightface, symbol/fmobilefacenet.py with net_output GDC and one block in each first stage */
export const insightfaceMobileFaceNet: NameTable = {
  name: 'insightface-mxnet-mobilefacenet',
  source: 'insightface for MXNet, symbol/fmobilefacenet.py',
  tensors: MXNET,
  networks: ['mobilefacenet'],
  input: PRESETS.mxnet,
  epsilon: 1e-3,
  layers: [
    block('stem', 'conv_1'),
    block('stem-depthwise', 'conv_2_dw'),
    ...unit('stage1/1', 'dconv_23'),
    ...unit('stage1/{unit}', 'res_3_block{unit-2}'),
    ...unit('stage2/1', 'dconv_34'),
    ...unit('stage3/{unit}', 'res_4_block{unit-1}'),
    ...unit('stage4/1', 'dconv_45'),
    ...unit('stage5/{unit}', 'res_5_block{unit-1}'),
    block('expand', 'conv_6sep'),
    { ours: 'global', weights: 'conv_6dw7_7_conv2d', norm: 'conv_6dw7_7_batchnorm' },
    { ours: 'embedding', weights: 'pre_fc1', norm: 'fc1' },
  ],
  leftOut: [/^fc7_/],
}

function block(ours: string, theirs: string) {
  return { ours, weights: `${theirs}_conv2d`, norm: `${theirs}_batchnorm`, slope: `${theirs}_relu` }
}

function unit(ours: string, theirs: string) {
  return [
    block(`${ours}/expand`, `${theirs}_conv_sep`),
    block(`${ours}/depthwise`, `${theirs}_conv_dw`),
    block(`${ours}/project`, `${theirs}_conv_proj`),
  ]
}
