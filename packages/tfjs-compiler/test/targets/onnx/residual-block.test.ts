/** What is taken into the convolutions beside it, against the same graph without. */
import t from 'tap'
import type { GraphNode } from '../../../src/graph/graph.js'
import { lower } from '../../../src/targets/onnx/lower.js'
import { graphOf, near, randomValues, tensorValue } from '../one-kernel.js'
import { OPERATOR_SETS, runGraph } from './run-graph.js'

const channels = 16

/** y = relu(batch norm(conv(x)) + x), and from dy the gradients of all of it. */
function residual(filterShape: number[], op: string) {
  const image = () => tensorValue({ shape: [2, 6, 8, channels] })
  const vector = () => tensorValue({ shape: [channels] })
  const filter = () => tensorValue({ shape: filterShape })
  const [x, w, scale, offset, dy] = [image(), filter(), vector(), vector(), image()]
  const [c, n, mean, variance, s, y, mask] = [image(), image(), vector(), vector(), image(), image(), image()]
  const [ds, dc, dscale, doffset, dx, total, dw] = [image(), image(), vector(), vector(), image(), image(), filter()]
  const window = { strides: 1, pad: 'same', dilations: 1 }
  const nodes: GraphNode[] = [
    { op, inputs: [x, w], outputs: [c], attributes: window },
    { op: 'BatchNorm', inputs: [c, scale, offset], outputs: [n, mean, variance], attributes: { epsilon: 1e-3 } },
    { op: 'Add', inputs: [n, x], outputs: [s], attributes: {} },
    { op: 'Relu', inputs: [s], outputs: [y], attributes: {} },
    { op: 'Step', inputs: [y], outputs: [mask], attributes: { alpha: 0 } },
    { op: 'Multiply', inputs: [dy, mask], outputs: [ds], attributes: {} },
    {
      op: 'BatchNormGrad',
      inputs: [ds, c, scale, mean, variance],
      outputs: [dc, dscale, doffset],
      attributes: { epsilon: 1e-3 },
    },
    { op: `${op}BackpropInput`, inputs: [dc, w], outputs: [dx], attributes: { ...window, inputShape: x.shape } },
    { op: `${op}BackpropFilter`, inputs: [x, dc], outputs: [dw], attributes: { ...window, filterShape } },
    { op: 'Add', inputs: [ds, dx], outputs: [total], attributes: {} },
  ]
  return graphOf(nodes, { x, w, scale, offset, dy }, { y, total, dw, dscale, doffset })
}

const cases: [string, number[]][] = [
  ['Conv2D', [3, 3, channels, channels]],
  ['Conv2D', [1, 1, channels, channels]],
  ['DepthwiseConv2dNative', [3, 3, channels, 1]],
]

t.test('a residual block gives the same with everything taken in', async t => {
  const { operators, standard } = await OPERATOR_SETS
  for (const [op, filterShape] of cases) {
    const graph = residual(filterShape, op)
    const inputs = Object.fromEntries(
      [...graph.inputs].map(([name, { shape }], i) => [
        name,
        randomValues(
          shape.reduce((a, b) => a * b),
          i + 1,
        ),
      ]),
    )
    const [found, expected] = [await runGraph(graph, inputs, operators!), await runGraph(graph, inputs, standard!)]
    for (const name of graph.outputs.keys()) near(t, found[name]!, expected[name]!, `${op} ${filterShape}: ${name}`)
  }
})

t.test('in blocks no sum of images is left, nor a pass for the factor of batch norm', t => {
  for (const [op, filterShape] of cases) {
    const { model } = lower(residual(filterShape, op), { operators: { contrib: true, block: 8 } })
    const blocked = model.nodes.filter(node => node.domain === 'com.microsoft.nchwc' && node.op === 'Conv')
    const made = new Set(blocked.flatMap(node => node.outputs))
    const sums = model.nodes.filter(node => node.op === 'Add' && node.inputs.some(name => made.has(name)))
    t.same(sums, [], `${op} ${filterShape}: Add of what a convolution made`)
    // conv, centred, variance, norm + x, mask; gradient: dot, unscaled, dx + ds, and depthwise dw
    const expected = op === 'Conv2D' ? 8 : 9
    t.equal(blocked.length, expected, `${op} ${filterShape}: blocked convolutions`)
  }
  t.end()
})
