import { extname } from 'node:path'
import { openBin } from '@tiny-face/bin-stream'
import { progressBar } from '@tiny-face/command-shell'
import { AtomicFile, UsageError, writeAll } from '@tiny-face/safe-files'
import { writeSafetensors } from '@tiny-face/weight-files'
import { type NetworkConfig, readWeights } from '../checkpoint.js'
import { exportNetwork } from '../export/export-network.js'
import { exportFloat16, exportInt8 } from '../export/export-reduced.js'
import { ARCFACE_TORCH_NETWORKS, arcfaceTorchTensors, ownTensors } from '../export/named-tensors.js'
import type { ExportPrecision, Origin, Provenance, TENSOR_NAMES } from '../export/provenance.js'
import { verifyModel } from '../export/verify-model.js'
import { publishedOrigin } from '../import/published-weights.js'
import { readPublishedWeights } from '../import/read-published-weights.js'
import { NETWORKS } from '../networks/network.js'
import { openOnnxModel } from '../open-onnx-model.js'
import type { PublishedName } from '../typed-names.js'

export interface Options {
  out: string
  names?: (typeof TENSOR_NAMES)[number]
  from?: PublishedName
  fromPackage?: string
  step?: number
  precision: ExportPrecision
  calibrate?: string
  verify?: string
  force?: true
}

/** Weights of a network, and where they are from. */
interface Source extends NetworkConfig {
  readonly origin: Origin
  readonly weights: Readonly<Record<string, Float32Array>>
}

/** Writes a checkpoint's network as an ONNX model, or its tensors as safetensors: by the name's ending. */
export async function exportRun(run: string | undefined, options: Options): Promise<void> {
  const { from, fromPackage, step } = options
  if ((run === undefined) === (from === undefined))
    throw new UsageError(`give a run's folder, or --from for weights that others published${run ? ', not both' : ''}`)
  if (from === undefined && fromPackage !== undefined) throw new UsageError('--from-package goes with --from')
  if (from !== undefined && step !== undefined)
    throw new UsageError('--step chooses among the checkpoints of a run, and what --from names has one only')
  const ending = extname(options.out).toLowerCase()
  if (ending === '.safetensors') return exportTensors(run, options)
  if (ending === '.onnx') return exportModel(run, options)
  throw new UsageError(
    `--out must end in .onnx or .safetensors, which says what is written; it ${ending === '' ? 'has no ending' : `ends in ${ending}`}`,
  )
}

/** Of a run that was not given, what --from names. */
async function readSource(run: string | undefined, { from, fromPackage, step }: Options): Promise<Source> {
  if (run === undefined) {
    const published = await readPublishedWeights(from!, fromPackage)
    return { ...published, origin: publishedOrigin(from!) }
  }
  const { network, embeddingSize, weights, step: chosen, sha256 } = readWeights(run, step)
  return { network, embeddingSize, weights, origin: { step: chosen, checkpoint: sha256 } }
}

async function exportTensors(run: string | undefined, options: Options): Promise<void> {
  const { out, precision, names = 'tiny-face', calibrate, verify, force } = options
  if (precision !== 'f32' || calibrate !== undefined || verify !== undefined)
    throw new UsageError(
      '--precision, --calibrate and --verify go with ONNX models; a .safetensors file has the weights as they are',
    )
  const { network, embeddingSize, weights } = await readSource(run, options)
  if (names === 'arcface_torch' && !ARCFACE_TORCH_NETWORKS.includes(network))
    throw new UsageError(`arcface_torch has no ${network}, but ${ARCFACE_TORCH_NETWORKS.join(', ')}`)
  const tensorsOf = names === 'arcface_torch' ? arcfaceTorchTensors : ownTensors
  writeSafetensors(out, tensorsOf(network, embeddingSize, weights), { force: force ?? false })
}

/** Says what the precision costs, where a set is given to verify on. */
async function exportModel(run: string | undefined, options: Options): Promise<void> {
  const { out, precision, names, calibrate, verify, force } = options
  if (names !== undefined) throw new UsageError('--names goes with .safetensors files')
  if (precision === 'int8' && calibrate === undefined)
    throw new UsageError('--precision int8 needs --calibrate FILE.bin: faces on which to measure how large values get')
  if (precision !== 'int8' && calibrate !== undefined) throw new UsageError('--calibrate goes with --precision int8')
  const source = await readSource(run, options)
  const file = new AtomicFile(out, { force })
  const model = await exported(source, precision, calibrate)
  file.write(model)
  if (verify !== undefined) {
    const models = precision === 'f32' ? { f32: model } : { f32: await exported(source, 'f32'), [precision]: model }
    writeAll(1, Buffer.from(await comparison(models, verify)))
  }
  file.commit()
}

async function exported(source: Source, precision: ExportPrecision, faces?: string): Promise<Uint8Array> {
  const { network: name, embeddingSize, origin, weights } = source
  const network = NETWORKS[name]
  const provenance: Provenance = { network: name, embeddingSize, ...origin, precision }
  if (precision === 'f16') return exportFloat16(network, weights, provenance)
  if (precision === 'int8') return exportInt8(network, weights, provenance, faces!)
  return exportNetwork(network, weights, embeddingSize, provenance)
}

/** A line for each model: its size, and its figures on a verification set. */
async function comparison(models: Readonly<Record<string, Uint8Array>>, set: string): Promise<string> {
  const bin = openBin(set)
  const lines = [`${set}: ${bin.same.length} pairs, mirror images added`]
  const bar = progressBar({ unit: 'pairs', total: bin.same.length * Object.keys(models).length })
  for (const [precision, bytes] of Object.entries(models)) {
    const model = await openOnnxModel(bytes, { file: precision })
    const { accuracy, eer } = await verifyModel(model, bin, { source: set, onPair: () => bar.advance(1) })
    await model.close()
    const figures = `accuracy ${accuracy.mean.toFixed(4)} ± ${accuracy.std.toFixed(4)}, EER ${eer.toFixed(4)}`
    lines.push(`${precision.padEnd(4)}  ${(bytes.length / 1e6).toFixed(2).padStart(8)} MB  ${figures}`)
  }
  bar.done()
  bin.close()
  return `${lines.join('\n')}\n`
}
