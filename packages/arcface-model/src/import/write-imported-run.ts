import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { AtomicFolder } from '@tiny-face/safe-files'
import type { NamedTensor } from '@tiny-face/weight-files'
import { exportCheckpoint, writeCheckpoint } from '../checkpoint.js'
import { runPaths } from '../run-folder.js'
import type { NetworkName } from '../typed-names.js'

/** What a run's config.json says of weights that were not trained here. */
export interface ImportedConfig {
  readonly network: NetworkName
  readonly embeddingSize: number
  readonly imported: {
    readonly file: string
    readonly format: string
    readonly from: string
    /** The package, where it was downloaded. */
    readonly published?: { readonly package: string; readonly sha256: string; readonly licence: string }
  }
}

/**
 * Writes a run's folder of weights that were trained elsewhere: config.json, a checkpoint of step 0 and model.onnx. It has its name only once
 * it is whole; folders that it is to lie in are made, as arcface-train makes them.
 *
 * @throws DataError where the folder exists and `force` was not asked for
 */
export function writeImportedRun(
  folder: string,
  config: ImportedConfig,
  tensors: ReadonlyMap<string, NamedTensor>,
  { force = false }: { force?: boolean } = {},
): void {
  mkdirSync(dirname(folder), { recursive: true })
  const run = new AtomicFolder(folder, { force })
  try {
    const paths = runPaths(run.temporary)
    mkdirSync(paths.checkpoints)
    writeFileSync(paths.config, `${JSON.stringify(config, null, 2)}\n`)
    writeCheckpoint(run.temporary, tensors, { step: 0, epoch: 0, position: 0, seed: 0 })
    writeFileSync(paths.model, exportCheckpoint(run.temporary))
    run.commit()
  } finally {
    run.abort()
  }
}
