/** The table of kernels: what the graph may hold, one file a family. Targets have a table of rules over the same names. */

import type { Attributes } from '../graph/graph.js'
import { activationKernels } from './activation.js'
import { collectiveKernels } from './collective.js'
import { convolutionKernels } from './convolution.js'
import { dropoutKernels } from './dropout.js'
import { elementwiseKernels } from './elementwise.js'
import type { Kernel, TensorType } from './kernel.js'
import { matmulKernels } from './matmul.js'
import { movementKernels } from './movement.js'
import { normalisationKernels } from './normalisation.js'
import { poolingKernels } from './pooling.js'
import { reductionKernels } from './reduction.js'
import { updateKernels } from './update.js'

const families = {
  ...convolutionKernels,
  ...poolingKernels,
  ...matmulKernels,
  ...activationKernels,
  ...dropoutKernels,
  ...normalisationKernels,
  ...elementwiseKernels,
  ...reductionKernels,
  ...movementKernels,
  ...updateKernels,
  ...collectiveKernels,
}

export type KernelName = keyof typeof families

export const KERNELS: Readonly<Record<KernelName, Kernel>> = families

const named = (kernel: string, source?: string) => (source ? `${kernel} (recorded by tf.${source})` : kernel)

export const isKernel = (name: string): name is KernelName => Object.hasOwn(KERNELS, name)

/** What is known of a kernel. Throws an error that names the kernel and the tfjs function it came from. */
export function kernelOf(name: string, source?: string): Kernel {
  if (!isKernel(name)) throw new Error(`no shape rule for kernel ${named(name, source)}`)
  return KERNELS[name]
}

/** The types of a kernel's outputs. Throws, naming kernel and source, where the inputs do not fit. */
export function inferOutputs(
  kernel: string,
  inputs: readonly TensorType[],
  attributes: Attributes,
  source?: string,
): TensorType[] {
  const { inputs: names, outputs } = kernelOf(kernel, source)
  if (names !== 'list' && names.length !== inputs.length) {
    throw new Error(`${named(kernel, source)} takes ${names.join(', ') || 'no input'}; found ${inputs.length} inputs`)
  }
  try {
    return outputs(attributes, ...inputs)
  } catch (error) {
    throw new Error(`${named(kernel, source)}: ${(error as Error).message}`, { cause: error })
  }
}
