/*
 * Tiny-Face-Recognition's train.py: the ResNet-50 of slim with ArcFace (Deng et al. 2019, arXiv:1801.07698), margin 0.5, scale 64.
 *
 *   rates         0.001, 0.0005, 0.0003, 0.0001 from 40, 60 and 80 thousand steps at batch 512, which are eight times as many
 *                 at its batch of 64; momentum 0.9. Its counter advanced by two a step, so that in fact the rate dropped at half
 *                 of these. It had no weight decay and no end: these two are ours.
 *   published     after 78,900 steps (0.87 of an epoch) LFW 97.41 or 99.03, CFP-FP 77.13 or 87.97, AgeDB-30 68.52 or 89.91, as two
 *                 versions of its README have it; docs/from-tiny-face-recognition.md
 *   data          faces_emore (MS1MV2): 5,822,653 images of 85,742 people
 *   command       arcface-train shards/emore --preset tiny-face-recognition --out runs/tiny --verify lfw=faces_emore/lfw.bin
 *
 *   an epoch on   2 cores      5,822,653 / 9.6 images/s = 168 h (onednn, float32, batch 16; docs/speed.md)
 *                 64 cores     not measured
 *                 one A100     not measured
 *   the whole     720,000 steps of 64 are 46 million images, 7.9 epochs
 */
import type { Preset } from './preset.js'

export const tinyFaceRecognition: Preset = {
  network: 'resnet50',
  head: { kind: 'arcface', margin: 0.5, scale: 64, easy: false },
  batchSize: 64,
  length: { steps: 720_000 },
  schedule: 'piecewise',
  learningRates: [0.001, 0.0005, 0.0003, 0.0001],
  boundaries: [{ steps: 320_000 }, { steps: 480_000 }, { steps: 640_000 }],
  optimiser: { kind: 'sgd', momentum: 0.9 },
  weightDecay: 5e-4,
}
