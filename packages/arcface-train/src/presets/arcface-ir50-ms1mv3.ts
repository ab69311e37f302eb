/*
 * insightface, recognition/arcface_torch, configs/ms1mv3_r50.py (at commit d9cb10e6; another version has rate 0.2, 25 epochs and 2 of
 * warm-up): IR-50 with ArcFace (Deng et al. 2019, arXiv:1801.07698), margin 0.5, scale 64.
 *
 *   settings      8 GPUs with 128 images each, batch norm of each GPU's own; rate 0.1 down to 0 as (1 - progress)², 20 epochs; momentum
 *                 0.9; weight decay 0.0005 on everything; gradients clipped to norm 5 (the network's alone: here the centres' count too)
 *   published     MFR-ALL 79.14, IJB-C TAR 96.37 at FAR 1e-4 and 94.47 at 1e-5 (its README); another training of R50 on MS1MV3 in
 *                 insightface's model zoo: LFW 99.80, CFP-FP 98.53, AgeDB-30 98.27
 *   data          ms1m-retinaface-t1 (MS1MV3): 5,179,510 images of 93,431 people
 *   command       arcface-train shards/ms1mv3 --preset arcface-ir50-ms1mv3 --out runs/ir50 --verify lfw=lfw.bin --verify cfp=cfp_fp.bin
 *
 *   an epoch on   2 cores      5,179,510 / 4.4 images/s = 327 h (onednn, bfloat16, 85,742 people, batch 16; docs/speed.md)
 *                 64 cores     not measured
 *                 one A100     not measured; one H100 5,179,510 / 190 images/s = 7.6 h (tensorflow-gpu, batch 64; docs/engines.md);
 *                              insightface with PyTorch on 8 V100 5,179,510 / 4824 images/s = 18 min (125,000 people; its README)
 */
import type { Preset } from './preset.js'

export const arcfaceIr50Ms1mv3: Preset = {
  network: 'ir50',
  embeddingSize: 512,
  head: { kind: 'arcface', margin: 0.5, scale: 64, easy: false },
  batchSize: 1024,
  accumulate: 8,
  length: { epochs: 20 },
  schedule: 'polynomial',
  learningRates: [0.1],
  optimiser: { kind: 'sgd', momentum: 0.9 },
  weightDecay: 5e-4,
  decayAll: true,
  clip: 5,
}
