import { packImages } from '../../src/workers/pack-images.js'
import { drawnSet } from '../drawn-set.js'

export const SETUP = {
  size: 4,
  seed: 1,
  augment: {},
  normalisation: { order: 'rgb', mean: [0, 0, 0], std: [1, 1, 1] },
} as const

const SET = drawnSet({ count: 6, size: 4 })

export async function taskOf(...records: number[]) {
  const images = new Float32Array(new SharedArrayBuffer(4 * 48 * records.length))
  return { epoch: 0, ...packImages(await SET, Uint32Array.from(records)), images }
}
