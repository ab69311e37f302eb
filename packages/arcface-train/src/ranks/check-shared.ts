import { createHash } from 'node:crypto'
import type { Job } from '@tiny-face/mpi-session'
import { processorFeatures } from '@tiny-face/native-engines'
import { DataError, UsageError } from '@tiny-face/safe-files'
import type { TrainingConfig } from '../config.js'

/**
 * That ranks can share a run: it divides among them, and they were started alike, with the same data, on processors that compute alike (the
 * engine lays numbers out as the processor likes them). All ranks see the same, so that all throw or none.
 *
 * @throws UsageError where the options do not fit the number of ranks; DataError where a rank differs from the first
 */
export function checkShared(job: Job, config: TrainingConfig): void {
  const { ranks } = job
  if (ranks === 1) return
  const { batchSize, accumulate, classes, engine } = config
  if (engine === 'onnx')
    throw new UsageError('engine onnx computes a step as a whole, in which ranks cannot meet: engine-install onednn')
  const part = batchSize / accumulate / ranks
  if (!Number.isInteger(part) || part < 2)
    throw new UsageError(
      `--batch-size ${batchSize}${accumulate > 1 ? ` in ${accumulate} parts` : ''} does not give each of ${ranks} ranks as many images, at least 2`,
    )
  if (classes < 2 * ranks) throw new UsageError(`${classes} identities are not two for each of ${ranks} ranks`)
  const processor = engine === 'onednn' ? processorFeatures() : {}
  const { source: _, verify: __, init: ___, ...decisive } = config
  const own = JSON.stringify([job.name, digest(decisive), digest(processor)])
  const [first, ...others] = job.exchange(Buffer.from(own)).map(said => JSON.parse(Buffer.from(said).toString()))
  for (const [name, settings, features] of others) {
    const found = `${name}, which has others`
    if (settings !== first[1])
      throw new DataError({ expected: `the settings and data of ${first[0]} on all ranks`, found })
    if (features !== first[2]) throw new DataError({ expected: `the processor of ${first[0]} on all ranks`, found })
  }
}

const digest = (value: object) => createHash('sha256').update(JSON.stringify(value)).digest('hex')
