import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { arcface, Scope } from '../src/index.js'

/** The loss by the paper's own words, in float64: acos and cos. */
function reference(
  embeddings: number[][],
  centres: number[][],
  labels: number[],
  margin: number,
  scale: number,
  easy: boolean,
): number {
  const unit = (v: number[]) => v.map(x => x / Math.hypot(...v))
  const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0)
  const losses = embeddings.map((embedding, row) => {
    const logits = centres.map((centre, identity) => {
      const cosine = dot(unit(embedding), unit(centre))
      if (identity !== labels[row]) return scale * cosine
      const angle = Math.acos(cosine)
      const applies = easy ? cosine > 0 : angle + margin < Math.PI
      return scale * (applies ? Math.cos(angle + margin) : easy ? cosine : cosine - margin * Math.sin(margin))
    })
    return Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - logits[labels[row]!]!
  })
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length
}

const CENTRES = [
  [1, 0, 0.2],
  [-0.3, 1, 0],
  [0.1, -0.4, 1],
  [-1, -0.2, 0.1],
]
// The last one is nearly opposite to its own centre: beyond π - m.
const EMBEDDINGS = [
  [2, 0.1, 0],
  [0.5, 0.4, -1],
  [-0.2, 3, 1],
  [5, 0.9, -0.6],
]
const LABELS = [0, 2, 1, 3]

for (const easy of [false, true]) {
  t.test(`the loss is the paper's, with the ${easy ? 'easy' : 'hard'} fallback`, async t => {
    await tf.setBackend('cpu')
    const net = new Scope({ training: true, lookup: () => tf.tensor2d(CENTRES) })
    const { loss, accuracy } = arcface(net, tf.tensor2d(EMBEDDINGS), tf.tensor1d(LABELS, 'int32'), 4, {
      margin: 0.5,
      scale: 8,
      easy,
    })
    const expected = reference(EMBEDDINGS, CENTRES, LABELS, 0.5, 8, easy)
    t.ok(Math.abs(loss.dataSync()[0]! / expected - 1) < 1e-6, `${loss.dataSync()[0]} is ${expected}`)
    t.equal(accuracy.dataSync()[0], 0.5)
  })
}

t.test('an embedding upon its own centre has a finite gradient', async t => {
  await tf.setBackend('cpu')
  const centres = tf.tensor2d([
    [1, 0],
    [0, 1],
  ])
  const gradient = tf.grad(
    (x: tf.Tensor) =>
      arcface(new Scope({ training: true, lookup: () => centres }), x as tf.Tensor2D, tf.tensor1d([0], 'int32'), 2, {
        margin: 0.5,
        scale: 64,
      }).loss,
  )
  t.ok(
    gradient(tf.tensor2d([[3, 0]]))
      .dataSync()
      .every(Number.isFinite),
  )
})
