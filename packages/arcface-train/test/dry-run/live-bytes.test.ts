import type { Graph, Value } from '@tiny-face/tfjs-compiler'
import t from 'tap'
import { liveBytes } from '../../src/dry-run/live-bytes.js'

const value = (elements: number): Value => ({ shape: [elements], dtype: 'float32' })
const node = (inputs: Value[], ...outputs: Value[]) => ({ op: 'Any', inputs, outputs, attributes: {} })

t.test('a value takes its bytes from its node to its last use', async t => {
  const [x, a, b, c, y] = [value(1000), value(10), value(20), value(5), value(1000)] as const
  const graph = (...nodes: Graph['nodes'][number][]): Graph => ({
    inputs: new Map([['x', x]]),
    constants: new Map(),
    nodes,
    outputs: new Map([['y', y]]),
  })
  // a and b at once; then b and c, a being free.
  t.equal(liveBytes(graph(node([x], a), node([a], b), node([b], c), node([c], y))), 4 * (10 + 20))
  // a is needed at the end: all three.
  t.equal(liveBytes(graph(node([x], a), node([a], b), node([b], c), node([a, c], y))), 4 * (10 + 20 + 5))
  t.equal(liveBytes(graph(node([x], y))), 0, 'inputs and outputs are not counted')
  t.equal(
    liveBytes(graph(node([x], a, b), node([a, a], c), node([c], y))),
    4 * (10 + 20),
    'what nobody uses is freed at once',
  )
})
