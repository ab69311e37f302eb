// npm's @vladmandic/face-api itself, on our TensorFlow.js, out of its own folder: it has no node_modules, and asks for packages that are not here.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type * as TensorFlow from '@tensorflow/tfjs-core'

interface Net {
  loadFromWeightMap(weights: Record<string, TensorFlow.Tensor>): void
}

export interface FaceApi {
  readonly tf: typeof TensorFlow
  readonly nets: {
    readonly faceRecognitionNet: Net & { computeFaceDescriptor(image: TensorFlow.Tensor3D): Promise<Float32Array> }
    readonly faceLandmark68Net: Net & { detectLandmarks(image: TensorFlow.Tensor3D): Promise<FaceLandmarks> }
  }
}

export interface FaceLandmarks {
  readonly positions: readonly { readonly x: number; readonly y: number }[]
  align(
    box?: undefined,
    options?: { useDlibAlignment: boolean },
  ): { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
}

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

/** Gives a network the weights of a manifest in the package's folder `model/`. */
export function loadWeights({ tf }: FaceApi, net: Net, folder: string, name: string): void {
  const [group] = JSON.parse(readFileSync(join(folder, `model/${name}-weights_manifest.json`), 'utf8'))
  const bytes = Uint8Array.from(readFileSync(join(folder, `model/${name}.bin`)))
  net.loadFromWeightMap(tf.io.decodeWeights(bytes.buffer, group.weights))
}

/** tensor.div(255) for tf.div(tensor, 255), which `@tensorflow/tfjs` brings along. */
function chainOperations(tf: typeof TensorFlow): void {
  const chained = tf.Tensor.prototype as unknown as Record<string, unknown>
  for (const [name, operation] of Object.entries(tf) as [string, unknown][])
    if (typeof operation === 'function')
      chained[name] ??= function (this: TensorFlow.Tensor, ...rest: unknown[]) {
        return operation(this, ...rest)
      }
  for (const name of ['as1D', 'as2D', 'as3D', 'as4D'])
    chained[name] ??= function (this: TensorFlow.Tensor, ...shape: number[]) {
      return tf.reshape(this, name === 'as1D' ? [this.size] : shape)
    }
}
