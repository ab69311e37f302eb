import { PRESETS } from '../../preprocess.js'
import { type LayerNames, type NameTable, PYTORCH } from '../name-table.js'

/** github.com/foamliu/MobileFaceNet, mobilefacenet.py; what it trains on is normalised as for ImageNet (data_gen.py). */
export const foamliu: NameTable = {
  name: 'foamliu',
  source: 'foamliu/MobileFaceNet, mobilefacenet.py',
  tensors: PYTORCH,
  networks: ['foamliu-mobilefacenet'],
  input: PRESETS.imagenet,
  epsilon: 1e-5,
  layers: [
    { ours: 'stem', weights: 'conv1.0', norm: 'conv1.1' },
    { ours: 'stem-depthwise', weights: 'dw_conv.depthwise', norm: 'dw_conv.bn1' },
    { ours: 'stem-pointwise', weights: 'dw_conv.pointwise', norm: 'dw_conv.bn2' },
    layer('expand', 'conv.0.0', 'conv.0.1'),
    layer('depthwise', 'conv.1.0', 'conv.1.1'),
    layer('project', 'conv.2', 'conv.3'),
    { ours: 'expand', weights: 'conv2.0', norm: 'conv2.1' },
    { ours: 'global', weights: 'gdconv.depthwise', norm: 'gdconv.bn' },
    { ours: 'embedding', weights: 'conv3', norm: 'bn' },
  ],
  leftOut: [/\.num_batches_tracked$/],
}

function layer(ours: string, weights: string, norm: string): LayerNames {
  const unit = 'features.{block}'
  return { ours: `stage{stage}/{unit}/${ours}`, weights: `${unit}.${weights}`, norm: `${unit}.${norm}` }
}
