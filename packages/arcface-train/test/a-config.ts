import type { TrainingConfig } from '../src/config.js'
import { resolveConfig, type SetSize, type TrainingOptions } from '../src/resolve-config.js'

/** 1,000 images of 10 people: 15 steps an epoch at batch 64. */
export const SET: SetSize = { count: 1000, classes: 10, source: 'shards' }

/** A configuration as the command would make it. */
export function aConfig(options: TrainingOptions = {}, set = SET): TrainingConfig {
  return resolveConfig({ network: 'mobilefacenet', epochs: 2, ...options }, set, { engine: 'onnx', precision: 'f32' })
}
