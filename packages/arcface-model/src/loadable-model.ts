import { DataError } from '@tiny-face/safe-files'
import { compile, type EngineChoice } from '@tiny-face/tfjs-compiler'
import type { NetworkConfig } from './checkpoint.js'
import { exportNetwork } from './export/export-network.js'
import { DEFAULT_BATCH_SIZE, type FaceModel } from './face-model.js'
import { inferenceProgram, weightsOf } from './inference.js'
import { NETWORKS, type Network } from './networks/network.js'
import { openOnnxModel } from './open-onnx-model.js'
import { type Normalisation, PRESETS, wishedOver } from './preprocess.js'
import type { PreprocessWish } from './preprocess-text.js'
import type { PreprocessName } from './typed-names.js'

/** A network that takes its weights from memory, again and again: a run's, while it trains. */
export interface LoadableModel extends FaceModel {
  /**
   * Takes these weights from now on; needed once before the first image.
   *
   * @param weights by variable name, in tfjs's own layout; names that the network does not ask for are left out
   * @throws Error where one is missing
   */
  load(weights: Readonly<Record<string, Float32Array>>): Promise<void>
}

export interface LoadableOptions {
  /** What messages call the model. */
  readonly file: string
  /** How the input is normalised; as the network asks for where left out. */
  readonly preprocess?: PreprocessName | PreprocessWish | undefined
  readonly threads?: number | undefined
  /** The batch size of an engine that needs to know it ahead. */
  readonly batchSize?: number | undefined
}

/**
 * A network that computes on an engine what `openModel` computes of the same weights in a run's folder, to the last digit: on `onnx` by the
 * exported model, which onnxruntime opens anew at each load, elsewhere by the network compiled once.
 */
export async function loadableModel(
  config: NetworkConfig,
  choice: EngineChoice,
  options: LoadableOptions,
): Promise<LoadableModel> {
  return choice.engine === 'onnx' ? exported(config, choice, options) : compiled(config, choice, options)
}

async function compiled(
  { network: name, embeddingSize }: NetworkConfig,
  choice: EngineChoice,
  { file, preprocess, threads, batchSize = DEFAULT_BATCH_SIZE }: LoadableOptions,
): Promise<LoadableModel> {
  const network: Network = NETWORKS[name]
  const { size, alignment = 'arcface' } = network
  const program = inferenceProgram(network, { batchSize, embeddingSize })
  const { engine, precision } = choice
  const executable = await compile(program, { engine, precision, ...(threads === undefined ? {} : { threads }) })
  return {
    file,
    shape: { layout: 'nhwc', height: size, width: size },
    normalisation: normalisationOf(network, preprocess, file),
    alignment,
    batch: batchSize,
    choice,
    load: weights => executable.setState(weightsOf(program, weights)),
    async embed(input) {
      const { embedding } = await executable.step({ input })
      return embedding as Float32Array
    },
    close: () => executable.close(),
  }
}

/** @throws DataError where the network is of another size or layout than is asked for */
function normalisationOf(network: Network, preprocess: LoadableOptions['preprocess'], file: string): Normalisation {
  const { size, layout, ...normalisation } = wishedOver(PRESETS[network.preprocess] as Normalisation, preprocess)
  if ((size !== undefined && size !== network.size) || layout !== undefined)
    throw new DataError({
      file,
      message: `a run's network has a size and a layout of its own`,
      expected: `no size but ${network.size}`,
      found: `--preprocess ${layout ? `layout=${layout}` : `size=${size}`}`,
    })
  return normalisation
}

function exported(
  { network: name, embeddingSize }: NetworkConfig,
  choice: EngineChoice,
  { file, preprocess, threads }: LoadableOptions,
): LoadableModel {
  const network: Network = NETWORKS[name]
  const { size, alignment = 'arcface' } = network
  let model: FaceModel | undefined
  return {
    file,
    shape: { layout: 'nchw', height: size, width: size },
    normalisation: normalisationOf(network, preprocess, file),
    alignment,
    batch: null,
    choice,
    async load(weights) {
      await model?.close()
      model = await openOnnxModel(exportNetwork(network, weights, embeddingSize), { file, preprocess, threads })
    },
    embed: (input, images) => model!.embed(input, images),
    close: async () => model?.close(),
  }
}
