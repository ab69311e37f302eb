import { mkdirSync, writeFileSync } from 'node:fs'
import { NETWORKS, networkVariables, runPaths, writeCheckpoint } from '@tiny-face/arcface-model'
import { xoroshiro } from '@tiny-face/seeded-random'

/** A run of MobileFaceNet with its first weights. */
export function untrainedRun(run: string, { step = 1 } = {}): void {
  mkdirSync(run, { recursive: true })
  const { uniform } = xoroshiro(1)
  const tensors = networkVariables(NETWORKS.mobilefacenet).map(({ name, shape, initialise }) => {
    const size = shape.reduce((product, extent) => product * extent, 1)
    return [name, { shape, values: initialise(size, uniform) }] as const
  })
  writeFileSync(runPaths(run).config, JSON.stringify({ network: 'mobilefacenet', embeddingSize: 128 }))
  writeCheckpoint(run, new Map(tensors), { step, epoch: 0, position: 0, seed: 1 })
}
