/*
 * For a few hundred people with ten or more images each: what training on lfw_min10 taught (LFW's 158 people with at least ten images,
 * 4,324 of them). With so few people margin 0.5 and scale 64, made for a hundred thousand, keep the loss from falling: it begins near
 * 40 and the network is pushed apart before it knows anyone. A smaller margin and scale, and a rate that rises over two epochs, train
 * from the first epoch on.
 *
 *   settings      MobileFaceNet, batch 64, rate 0.1 as a cosine over 20 epochs, ArcFace with margin 0.3 and scale 32
 *   published     nothing: these settings are ours. On lfw_min10, after 20 epochs, on 600 pairs of LFW's people who are not among them:
 *                 .873 to .897 in float32, .868 to .895 in bfloat16 (three seeds each, onednn); the same recipe in
 *                 PyTorch .885 to .898 (six seeds; tools/peers/curves)
 *   command       arcface-train shards/people --preset small-set --out runs/people
 *
 *   an epoch on   2 cores      4,324 / 77 images/s = 56 s (onednn, float32, 1,000 people, batch 64; docs/speed.md)
 *                 64 cores     not measured
 *                 one A100     not measured; one H100 4,324 / 330 images/s = 13 s (tensorflow-gpu, batch 64; docs/engines.md)
 */
import type { Preset } from './preset.js'

export const smallSet: Preset = {
  network: 'mobilefacenet',
  head: { kind: 'arcface', margin: 0.3, scale: 32, easy: false },
  batchSize: 64,
  length: { epochs: 20 },
  schedule: 'cosine',
  learningRates: [0.1],
  warmup: { epochs: 2 },
  optimiser: { kind: 'sgd', momentum: 0.9 },
  weightDecay: 5e-4,
}
