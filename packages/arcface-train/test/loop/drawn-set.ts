import { drawFace } from '@tiny-face/drawn-faces'
import { encodePng } from '@tiny-face/image-stream'
import type { TrainingConfig, TrainingOptions, TrainingSet } from '../../src/index.js'
import { aConfig } from '../a-config.js'

/** Drawn faces in memory, as a training set. */
export async function drawnSet({ people = 4, views = 4 } = {}): Promise<TrainingSet> {
  const images = await Promise.all(
    Array.from({ length: people * views }, async (_, i) =>
      encodePng(await drawFace({ identity: Math.floor(i / views), view: i % views, size: 112, seed: 1 })),
    ),
  )
  return {
    count: images.length,
    classes: people,
    source: 'drawn',
    fingerprint: 'drawn',
    several: 0,
    dump: 'drawn-dump',
    label: i => Math.floor(i / views),
    image: i => images[i]!,
    id: i => `face-${i}`,
    close() {},
  }
}

/** A run of two batches of eight an epoch on it, by onnxruntime on one thread. */
export function drawnConfig(set: TrainingSet, options: TrainingOptions = {}): TrainingConfig {
  return aConfig({ batchSize: 8, epochs: 3, lr: [0.05], scale: 16, ...options }, set)
}
