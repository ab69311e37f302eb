import type { Graph } from '../../../graph/graph.js'
import { removeDeadCode } from '../../../passes/remove-dead-code.js'
import { fuseAddRelu } from './fuse-add-relu.js'
import { fuseBatchNormRelu } from './fuse-batch-norm-relu.js'
import { fuseConvolutionEpilogue } from './fuse-convolution-epilogue.js'
import { fuseMatMulAdd } from './fuse-matmul-add.js'
import { joinReluGradient } from './relu-gradient.js'

/** The rewrites for oneDNN, in their order: kernels that it has whole, and tfjs does not. */
export function fuseForOnednn(graph: Graph): Graph {
  return [
    joinReluGradient,
    removeDeadCode,
    fuseBatchNormRelu,
    fuseConvolutionEpilogue,
    fuseAddRelu,
    fuseMatMulAdd,
  ].reduce((fused, pass) => pass(fused), graph)
}
