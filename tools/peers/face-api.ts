// npm's @vladmandic/face-api itself, on our TensorFlow.js, out of its own folder: it has no node_modules, and asks for packages that are not here.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PUBLISHED_WEIGHTS } from '@tiny-face/arcface-model'
import { cacheFiles, type PinnedFiles } from '@tiny-face/pinned-downloads'

const { pinned } = PUBLISHED_WEIGHTS['face-api']
/** The package's code, and the network that finds its alignment, beside the weights that our users get. */
const PEER: PinnedFiles = {
  ...pinned,
  name: `${pinned.name}-peer`,
  files: {
    ...pinned.files,
    'dist/face-api.node-wasm.js': {
      size: 86_242,
      sha256: '4cc67548193dfd0542da43d722f1cdcd015b7e867083e8f7627d3b36e52b47ce',
    },
    'model/face_landmark_68_model-weights_manifest.json': {
      size: 8_485,
      sha256: 'ca4886639f86e99b39fed0c155f81b63317225773bd9616716e887b0153389c9',
    },
    'model/face_landmark_68_model.bin': {
      size: 356_840,
      sha256: '4611ef65c87d836d03d684b30eec4d195d8b219fa1dd58fc58945831c6b9299b',
    },
  },
}

interface Tensor {
  readonly size: number
  dispose(): void
}

/** What is used here of TensorFlow.js. */
interface TensorFlow {
  readonly Tensor: { readonly prototype: object }
  readonly io: { decodeWeights(bytes: ArrayBuffer, weights: Manifest['weights']): Record<string, Tensor> }
  setBackend(name: string): Promise<boolean>
  tensor(values: Float32Array, shape: readonly number[]): Tensor
  reshape(x: Tensor, shape: readonly number[]): Tensor
}

interface Net {
  loadFromWeightMap(weights: Record<string, Tensor>): void
}

export interface FaceApi {
  readonly tf: TensorFlow
  readonly nets: {
    readonly faceRecognitionNet: Net & { computeFaceDescriptor(image: Tensor): Promise<Float32Array> }
    readonly faceLandmark68Net: Net & { detectLandmarks(image: Tensor): Promise<FaceLandmarks> }
  }
}

export interface FaceLandmarks {
  readonly positions: readonly { readonly x: number; readonly y: number }[]
  align(
    box?: undefined,
    options?: { useDlibAlignment: boolean },
  ): { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
}

/** The package's folder, downloaded on first use. */
export const faceApiFolder = (): Promise<string> => cacheFiles(PEER)

/**
 * Loads the code of an unpacked package, its dist/face-api.node-wasm.js; `@tensorflow/tfjs` is our tfjs-core with its cpu backend.
 *
 * @param folder of the package, as npm pack makes it
 */
export async function loadFaceApi(folder: string): Promise<FaceApi> {
  const ours = createRequire(import.meta.url)
  const scratch = mkdtempSync(join(tmpdir(), 'face-api-'))
  try {
    const stand = (name: string, code: string) => {
      const path = join(scratch, 'node_modules/@tensorflow', name)
      mkdirSync(path, { recursive: true })
      writeFileSync(join(path, 'index.js'), code)
    }
    const [core, cpu] = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu'].map(name => ours.resolve(name))
    stand('tfjs', `require(${JSON.stringify(cpu)}); module.exports = require(${JSON.stringify(core)})`)
    stand('tfjs-backend-wasm', '')
    const code = join(scratch, 'face-api.js')
    cpSync(join(folder, 'dist/face-api.node-wasm.js'), code)
    const faceApi = ours(code) as FaceApi
    await faceApi.tf.setBackend('cpu')
    chainOperations(faceApi.tf)
    return faceApi
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

interface Manifest {
  readonly weights: { readonly name: string; readonly shape: number[]; readonly dtype: 'float32' }[]
}

/** The tensors of a network in the package's folder `model/`. */
export function readManifest(folder: string, name: string): Manifest {
  return JSON.parse(readFileSync(join(folder, `model/${name}-weights_manifest.json`), 'utf8'))[0]
}

/** Gives a network the weights that the package has for it. */
export function loadWeights({ tf }: FaceApi, net: Net, folder: string, name: string): void {
  const bytes = Uint8Array.from(readFileSync(join(folder, `model/${name}.bin`)))
  net.loadFromWeightMap(tf.io.decodeWeights(bytes.buffer, readManifest(folder, name).weights))
}

/** tensor.div(255) for tf.div(tensor, 255), which `@tensorflow/tfjs` brings along. */
function chainOperations(tf: TensorFlow): void {
  const chained = tf.Tensor.prototype as unknown as Record<string, unknown>
  for (const [name, operation] of Object.entries(tf) as [string, unknown][])
    if (typeof operation === 'function')
      chained[name] ??= function (this: Tensor, ...rest: unknown[]) {
        return operation(this, ...rest)
      }
  for (const name of ['as1D', 'as2D', 'as3D', 'as4D'])
    chained[name] ??= function (this: Tensor, ...shape: number[]) {
      return tf.reshape(this, name === 'as1D' ? [this.size] : shape)
    }
}
