/** Finds TensorFlow on this machine, and makes it the tfjs backend `tensorflow`. */

import { createRequire } from 'node:module'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { installedEngine, installHint } from '@tiny-face/native-engines'
import { DataError } from '@tiny-face/safe-files'
import { registerNativeKernels } from './kernels/native-kernels.js'
import type { TensorflowBackend } from './tfjs-node-backend.js'

const require = createRequire(import.meta.url)

const BACKEND = 'tensorflow'
/** What a person may have installed by npm; the one that can use a GPU first. */
const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node']

export interface LoadedTensorflow {
  readonly backend: TensorflowBackend
  readonly device: 'CPU' | 'GPU'
  /** The npm package, or the folder that `engine-install` made. */
  readonly from: string
}

let loaded: LoadedTensorflow | undefined
let loadedThreads: number | undefined

/**
 * Loads @tensorflow/tfjs-node-gpu or @tensorflow/tfjs-node, whichever is there, else what `engine-install` built. A second call
 * gives the same.
 *
 * @param threads of one operation; TensorFlow takes the number once, when it is loaded, and its own choice where it is left out
 * @throws DataError that says how to install it; Error where it runs with another number of threads
 */
export function loadTensorflow({ threads }: { threads?: number } = {}): LoadedTensorflow {
  if (loaded && threads !== undefined && threads !== loadedThreads)
    throw new Error(`TensorFlow was loaded for ${loadedThreads ?? 'all'} threads in this process, and stays so`)
  if (loaded) return loaded
  prepareProcess(threads)
  const from = load()
  const backend = tf.findBackend(BACKEND) as TensorflowBackend
  registerNativeKernels(backend)
  loadedThreads = threads
  loaded = { backend, device: backend.isUsingGpuDevice ? 'GPU' : 'CPU', from }
  return loaded
}

function load(): string {
  if (tf.findBackend(BACKEND)) return 'this process'
  const broken: string[] = []
  for (const name of PACKAGES) {
    const manifest = find(`${name}/package.json`)
    if (manifest === undefined) continue
    try {
      const requireThere = createRequire(manifest)
      const addon = requireThere('@mapbox/node-pre-gyp').find(manifest)
      register(requireThere, addon, name)
      return name
    } catch (error) {
      // Installed without its install script, most likely, that is without its addon.
      broken.push(`${name} does not load: ${(error as Error).message.split('\n')[0]}`)
    }
  }
  const engine = installedEngine('tensorflow-gpu') ?? installedEngine('tensorflow')
  if (!engine) throw new DataError({ message: [...broken, installHint('tensorflow')].join('; ') })
  register(createRequire(join(engine.folder, 'tfjs-node/package.json')), engine.library, PACKAGES[1]!)
  return engine.folder
}

function find(file: string): string | undefined {
  try {
    return require.resolve(file)
  } catch {
    return undefined
  }
}

/**
 * Makes a tfjs-node the backend, from its addon and its kernels, without its index. That would bring the union package
 * @tensorflow/tfjs, most often with a tfjs-core of its own, which then registers hundreds of kernels a second time. Its kernels
 * use of the union nothing but what tfjs-core exports, so while they are loaded they are given ours under both names: one
 * engine, one registry, one class Tensor.
 */
function register(requireThere: NodeJS.Require, addon: string, packageName: string): void {
  // The addon first: where it is missing, nothing has been registered.
  const binding = requireThere(addon)
  const { NodeJSKernelBackend } = lendingCore(requireThere, () => {
    requireThere('./dist/register_all_kernels.js')
    return requireThere('./dist/nodejs_kernel_backend.js')
  })
  tf.registerBackend(BACKEND, () => new NodeJSKernelBackend(binding, packageName))
}

/** Runs `body` with our tfjs-core in the place of the packages that tfjs-node requires. */
function lendingCore<T>({ resolve, cache }: NodeJS.Require, body: () => T): T {
  const paths = ['@tensorflow/tfjs', '@tensorflow/tfjs-core'].map(name => resolve(name))
  const before = paths.map(path => cache[path])
  const core = require.cache[require.resolve('@tensorflow/tfjs-core')]
  for (const path of paths) cache[path] = core
  try {
    return body()
  } finally {
    for (const [i, path] of paths.entries()) {
      if (before[i]) cache[path] = before[i]
      else delete cache[path]
    }
  }
}

/** Sets what TensorFlow and tfjs-node's JavaScript look for when they are loaded. */
function prepareProcess(threads: number | undefined): void {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'
  if (threads !== undefined) process.env.TF_NUM_INTRAOP_THREADS = String(threads)
  // Gone since Node 23; tfjs-node calls them.
  const util = require('node:util')
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined
  util.isArray ??= Array.isArray
}
