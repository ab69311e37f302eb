/*
 * MobileFaceNets (Chen et al. 2018, arXiv:1804.07573, section 4.1), with ArcFace (Deng et al. 2019, arXiv:1801.07698), margin 0.5, scale 64.
 *
 *   settings      batch 512; rate 0.1, a tenth of it from 36, 52 and 58 thousand steps, 60 thousand in all; momentum 0.9; weight decay
 *                 0.00004, of the layers after the last depthwise convolution 0.0004 (here 0.00004 too). The paper gives these for
 *                 CASIA-WebFace and does not say what differed for MS-Celeb-1M.
 *   published     LFW 99.55, AgeDB-30 96.07 (the paper, on 3.8 million images of 85,000 people); LFW 99.50, CFP-FP 88.94, AgeDB-30
 *                 95.91 (insightface's model zoo, MFN on MS1MV1). arcface_torch's "mobilefacenet-0.45G" is a network twice as wide.
 *   data          faces_emore (MS1MV2): 5,822,653 images of 85,742 people
 *   command       arcface-train shards/emore --preset mobilefacenet-ms1m --out runs/mobile --verify lfw=faces_emore/lfw.bin
 *
 *   an epoch on   2 cores      5,822,653 / 77 images/s = 21 h (onednn, float32, 1,000 people, batch 64; docs/speed.md)
 *                 64 cores     not measured
 *                 one A100     not measured; one H100 5,822,653 / 980 images/s = 1.7 h (tensorflow-gpu, batch 256; docs/engines.md)
 *   the whole     60,000 steps of 512 are 31 million images, 5.3 epochs
 */
import type { Preset } from './preset.js'

export const mobilefacenetMs1m: Preset = {
  network: 'mobilefacenet',
  embeddingSize: 128,
  head: { kind: 'arcface', margin: 0.5, scale: 64, easy: false },
  batchSize: 512,
  accumulate: 4,
  length: { steps: 60_000 },
  schedule: 'piecewise',
  learningRates: [0.1, 0.01, 0.001, 0.0001],
  boundaries: [{ steps: 36_000 }, { steps: 52_000 }, { steps: 58_000 }],
  optimiser: { kind: 'sgd', momentum: 0.9 },
  weightDecay: 4e-5,
}
