import * as tf from '@tensorflow/tfjs-core'
import t, { type Test } from 'tap'
import { checkGraph, cleanGraph, type Graph, interpret, printGraph, trace } from '../../src/index.js'
import { foldConstants } from '../../src/passes/fold-constants.js'
import { mergeCommonSubexpressions } from '../../src/passes/merge-common-subexpressions.js'
import { removeDeadCode } from '../../src/passes/remove-dead-code.js'
import { removeIdentities } from '../../src/passes/remove-identities.js'
import { type Network, randomInputs, valuesOf } from '../networks.js'

const traced = (run: Network) => trace(run, { x: { shape: [2, 3], dtype: 'float32' } })

/** The printed nodes and outputs after a pass that keeps the graph sound and its results equal to the bit. */
function after(t: Test, pass: (graph: Graph) => Graph, run: Network): string {
  const graph = traced(run)
  const passed = pass(graph)
  checkGraph(passed)
  const inputs = randomInputs({ x: [2, 3] })
  t.same(valuesOf(interpret(passed, inputs)), valuesOf(interpret(graph, inputs)))
  return printGraph(passed).split('\n').slice(1).join('\n')
}

t.test('dead code: what no output needs is gone, constants included; inputs stay', async t => {
  const run: Network = ({ x }) => {
    tf.mul(tf.exp(x!), tf.tensor1d([1, 2, 3]))
    return { y: tf.neg(x!) }
  }
  const graph = removeDeadCode(traced(run))
  t.equal(printGraph(graph), 'input x:f32[2,3]\na:f32[2,3] = Neg(x)\noutput y = a')
  t.equal(graph.constants.size, 0)
  t.equal(removeDeadCode(traced(({ x }) => ({ y: x! }))).inputs.size, 1)
})

t.test('identities: reshapes join or vanish, factors of one and empty moves too', async t => {
  const run: Network = ({ x }) => {
    const there = tf.reshape(tf.reshape(tf.reshape(x!, [6]), [3, 2]), [1, 6])
    const back = tf.reshape(there, [2, 3])
    const same = tf.div(tf.mul(tf.mul(tf.transpose(back, [0, 1]), tf.ones([2, 3])), tf.scalar(1)), tf.scalar(1))
    return { y: tf.neg(tf.slice(tf.tile(same, [1, 1]), [0, 0], [2, 3])), there: tf.square(there) }
  }
  t.equal(
    after(t, cleanGraph, run),
    `a:f32[1,6] = Reshape(x) {shape: [1,6]}
b:f32[2,3] = Neg(x)
c:f32[1,6] = Square(a)
output y = b
output there = c`,
  )
})

t.test('identities: x + 0, a broadcasting factor and a real cast stay', async t => {
  const run: Network = ({ x }) => ({
    zero: tf.add(x!, 0),
    wide: tf.mul(tf.slice(x!, [0, 0], [1, 3]), tf.ones([2, 3])),
    wider: tf.mul(tf.ones([2, 3]), tf.slice(x!, [1, 0], [1, 3])),
    cast: tf.cast(x!, 'int32'),
  })
  const printed = after(t, removeIdentities, run)
  for (const op of ['Add', 'Multiply', 'Cast', 'Slice']) t.match(printed, op)
})

t.test('common subexpressions: same kernel, inputs and attributes, outputs merged as well', async t => {
  const run: Network = ({ x }) => ({
    a: tf.mul(tf.exp(x!), 2),
    b: tf.mul(tf.exp(x!), 2),
    c: tf.sum(x!, 0),
    d: tf.sum(x!, 1),
    e: tf.mul(tf.exp(x!), -0),
    f: tf.mul(tf.exp(x!), 0),
  })
  t.equal(
    after(t, mergeCommonSubexpressions, run),
    `a:f32[2,3] = Exp(x)
b:f32[2,3] = Multiply(a, 2)
c:f32[3] = Sum(x) {axis: [0], keepDims: false}
d:f32[2] = Sum(x) {axis: [1], keepDims: false}
e:f32[2,3] = Multiply(a, -0)
f:f32[2,3] = Multiply(a, 0)
output a = b
output b = b
output c = c
output d = d
output e = e
output f = f`,
  )
})

t.test('folding: what is one number everywhere becomes a Fill, in float32 arithmetic', async t => {
  const run: Network = ({ x }) => {
    const third = tf.div(tf.add(tf.zerosLike(x!), 1), 3)
    return { y: tf.add(x!, tf.sqrt(tf.tile(tf.reshape(third, [3, 2, 1]), [1, 1, 3]))) }
  }
  t.equal(
    after(t, cleanGraph, run),
    `a:f32[3,2,3] = Fill() {shape: [3,2,3], value: ${Math.fround(Math.sqrt(Math.fround(1 / 3)))}, dtype: float32}
b:f32[3,2,3] = Add(x, a)
output y = b`,
  )
  t.match(
    after(t, foldConstants, ({ x }) => ({ y: tf.argMax(tf.zerosLike(x!)) })),
    'ArgMax',
    'other kernels stay',
  )
})
