/*
 * AdaFace (Kim et al. 2022, arXiv:2204.00964): IR-18 with a margin that follows the quality of the image, and its augmentation.
 *
 *   settings      of the authors' scripts/run_ir50_ms1mv2.sh, the nearest that they published (none for WebFace4M): 4 GPUs, 256 images a
 *                 step together, batch norm of each GPU's own; rate 0.1, a tenth of it from epochs 12, 20 and 24, 26 in all; margin 0.4,
 *                 h 0.333, scale 64, and 0.99 of the norms' statistics stay from step to step (here from each of its four parts to the next);
 *                 momentum 0.9; weight decay 0.0005, not on
 *                 batch norm (on PReLU's slopes, which here have none); low resolution, crop and photometric augmentation of a fifth of the
 *                 images each
 *   published     LFW 99.53, CFP-FP 97.26, CPLFW 92.28, CALFW 95.52, AgeDB-30 96.47; IJB-B TAR 93.03, IJB-C 94.99 at FAR 1e-4 (the
 *                 README of mk-minchul/AdaFace, R18 on WebFace4M)
 *   data          WebFace4M: a tenth of the 42,474,558 images of WebFace42M (Zhu et al. 2021, arXiv:2103.04098)
 *   command       arcface-train shards/webface4m --preset adaface-ir18-webface4m --out runs/adaface --verify lfw=lfw.bin
 *
 *   an epoch on   2 cores      not measured
 *                 64 cores     not measured
 *                 one A100     not measured
 */
import { AUGMENTATIONS } from '../augment/augment-config.js'
import type { Preset } from './preset.js'

export const adafaceIr18Webface4m: Preset = {
  network: 'ir18',
  embeddingSize: 512,
  head: { kind: 'adaface', margin: 0.4, h: 0.333, decay: 0.99, scale: 64 },
  batchSize: 256,
  accumulate: 4,
  length: { epochs: 26 },
  schedule: 'piecewise',
  learningRates: [0.1, 0.01, 0.001, 0.0001],
  boundaries: [{ epochs: 12 }, { epochs: 20 }, { epochs: 24 }],
  optimiser: { kind: 'sgd', momentum: 0.9 },
  weightDecay: 5e-4,
  augment: AUGMENTATIONS.adaface,
}
