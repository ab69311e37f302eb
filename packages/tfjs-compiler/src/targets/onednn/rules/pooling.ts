/** Poolings and their gradients. A maximum's gradient needs to know where it was: its forward pass is made again for that. */
import type { Computation } from '@tiny-face/onednn-session'
import type { GraphNode, Value } from '../../../graph/graph.js'
import type { poolingKernels } from '../../../kernels/pooling.js'
import type { FamilyRules } from '../../../rule-table.js'
import { poolWindow } from '../../../window.js'
import type { Builder } from '../builder.js'
import type { Rule } from './rule.js'

type Pooling = Extract<Computation, { kind: 'pooling' | 'poolingBackward' }>

function pooling(
  b: Builder,
  node: GraphNode,
  image: Value,
  output: Value,
  algorithm: Pooling['algorithm'],
): Omit<Pooling, 'kind'> {
  const { kernel, strides, before, after } = poolWindow(node, image.shape)
  const type = b.typeOf(image)
  const [src, dst] = [b.imageDescriptor(image.shape, type), b.imageDescriptor(output.shape, type)]
  return { src, dst, algorithm, kernel, strides, dilations: [1, 1], before, after }
}

const forward =
  (algorithm: Pooling['algorithm']): Rule =>
  (node, b) => {
    const [x] = node.inputs as [Value]
    const [y] = node.outputs as [Value]
    const primitive = b.choose([{ kind: 'pooling', ...pooling(b, node, x, y, algorithm) }])
    const workspace = primitive.workspace && b.temporary(primitive.workspace)
    const args = {
      src: b.get(x, 'image', primitive.descriptorOf('src')),
      dst: b.imageOutput(y, primitive.descriptorOf('dst')),
      ...(workspace && { workspace }),
    }
    b.execute(primitive, args, ['dst', 'workspace'])
  }

/** dy added where the maximum was: the first of equals, in tfjs as in oneDNN. */
const maxGradient: Rule = (node, b) => {
  const [dy, x] = node.inputs as [Value, Value]
  const [dx] = node.outputs as [Value]
  const window = pooling(b, node, x, dy, 'maxPooling')
  const again = b.choose([{ kind: 'pooling', ...window }])
  const workspace = b.temporary(again.workspace!)
  const maxima = b.temporary(window.dst)
  b.execute(again, { src: b.get(x, 'image', window.src), dst: maxima, workspace }, ['dst', 'workspace'])
  const primitive = b.choose([{ kind: 'poolingBackward', ...window }])
  const args = { diffDst: b.get(dy, 'image', window.dst), workspace, diffSrc: b.imageOutput(dx, window.src) }
  b.execute(primitive, args, ['diffSrc'])
}

/** dy spread evenly over the window; as tfjs has it, also over what lies in the padding. */
const averageGradient: Rule = (node, b) => {
  const [dy, x] = node.inputs as [Value, Value]
  const window = pooling(b, node, x, dy, 'averagePoolingWithPadding')
  const primitive = b.choose([{ kind: 'poolingBackward', ...window }])
  const args = { diffDst: b.get(dy, 'image', window.dst), diffSrc: b.imageOutput(node.outputs[0]!, window.src) }
  b.execute(primitive, args, ['diffSrc'])
}

export const poolingRules: FamilyRules<typeof poolingKernels, Rule> = {
  AvgPool: forward('averagePooling'),
  AvgPoolGrad: averageGradient,
  MaxPool: forward('maxPooling'),
  MaxPoolGrad: maxGradient,
}
