/** Finds TensorFlow on this machine, and makes it the tfjs backend `tensorflow`. */

import { createRequire } from 'node:module'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { type InstalledEngine, installedEngine, installHint } from '@tiny-face/native-engines'
import { DataError } from '@tiny-face/record-stream'
import type { TensorflowBackend } from './backend.js'
import { registerNativeKernels } from './native-kernels.js'

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
  const from = keepingTheBackend(load)
  const backend = tf.findBackend(BACKEND) as TensorflowBackend | null
  if (!backend) throw new Error(`${from} registered no backend ${BACKEND}: it has a tfjs-core of its own`)
  registerNativeKernels(backend)
  loadedThreads = threads
  loaded = { backend, device: backend.isUsingGpuDevice ? 'GPU' : 'CPU', from }
  return loaded
}

function load(): string {
  if (tf.findBackend(BACKEND)) return 'this process'
  const broken: string[] = []
  for (const name of PACKAGES) {
    if (!isThere(name)) continue
    try {
      require(name)
      return name
    } catch (error) {
      // Installed without its install script, most likely, that is without its addon.
      broken.push(`${name} does not load (${(error as Error).message.split('\n')[0]})`)
    }
  }
  const engine = installedEngine('tensorflow-gpu') ?? installedEngine('tensorflow')
  if (!engine) throw new DataError({ message: [...broken, installHint('tensorflow')].join('; ') })
  loadEngine(engine)
  return engine.folder
}

function isThere(name: string): boolean {
  try {
    return require.resolve(name) !== ''
  } catch {
    return false
  }
}

/**
 * Loads the addon and the kernels of the npm package's own JavaScript, without its index, which brings the union package
 * @tensorflow/tfjs. What the kernels require under that name, and as tfjs-core, is a stand-in in the engine's folder that is told
 * here to be the tfjs-core of the functions we run: one engine, one registry, one class Tensor.
 */
function loadEngine({ folder, library }: InstalledEngine): void {
  const requireThere = createRequire(join(folder, 'tfjs-node/package.json'))
  const core = require('@tensorflow/tfjs-core')
  for (const name of ['@tensorflow/tfjs', '@tensorflow/tfjs-core']) requireThere(name).use?.(core)
  const binding = requireThere(library)
  requireThere('./dist/register_all_kernels.js')
  const { NodeJSKernelBackend } = requireThere('./dist/nodejs_kernel_backend.js')
  tf.registerBackend(BACKEND, () => new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node'))
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

/** The npm packages make their backend the current one when they are loaded. */
function keepingTheBackend<T>(body: () => T): T {
  const before = tf.getBackend()
  try {
    return body()
  } finally {
    if (before && before !== tf.getBackend()) tf.setBackend(before)
  }
}
