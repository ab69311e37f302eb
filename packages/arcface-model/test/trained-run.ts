import { writeFileSync } from 'node:fs'
import {
  exportCheckpoint,
  NETWORKS,
  type NetworkName,
  networkVariables,
  runPaths,
  writeCheckpoint,
} from '../src/index.js'
import { randomOf } from '../src/initialise.js'

/** Makes of an empty folder a run's, as training leaves it after step 3, with statistics that are not 0 and 1. */
export function trainedRun(run: string, network: NetworkName, embeddingSize: number): string {
  const tensors = networkVariables(NETWORKS[network], embeddingSize).map(({ name, kind, shape, initialise }) => {
    const size = shape.reduce((product, extent) => product * extent, 1)
    const values = initialise(size, randomOf(5, name))
    const random = randomOf(6, name)
    return [
      name,
      { shape, values: kind === 'statistic' ? values.map(value => value + 0.3 * random()) : values },
    ] as const
  })
  writeFileSync(runPaths(run).config, JSON.stringify({ network, embeddingSize }))
  writeCheckpoint(run, new Map(tensors), { step: 3, epoch: 1, position: 0, seed: 1 })
  writeFileSync(runPaths(run).model, exportCheckpoint(run))
  return run
}
