import {
  type HeadConfig,
  initialState,
  marginObjective,
  momentum,
  NETWORKS,
  type Optimiser,
  trainingStep,
} from '@tiny-face/arcface-model'
import t from 'tap'
import { CentreStore, centreVariables } from '../../src/partial-fc/centre-store.js'

const SGD = momentum({ momentum: 0.9, weightDecay: 5e-4 })
const ARCFACE: HeadConfig = { kind: 'arcface', margin: 0.5, scale: 64 }

const bytes = ({ buffer, byteOffset, byteLength }: Float32Array) => Buffer.from(buffer, byteOffset, byteLength)

/** Four identities, a row of three each, numbered: 0, 1, 2 belong to the first. */
function numbered(): CentreStore {
  const tensor = (first: number) => ({ shape: [4, 3], values: Float32Array.from({ length: 12 }, (_, i) => first + i) })
  return new CentreStore(
    4,
    new Map([
      ['head/centres', tensor(0)],
      ['velocity/head/centres', tensor(100)],
    ]),
  )
}

t.test('a store begins as the dense head, bit for bit', async t => {
  const heads: HeadConfig[] = [ARCFACE, { kind: 'subcentre', centres: 3, margin: 0.5, scale: 64 }]
  for (const head of heads) {
    const [classes, embeddingSize] = [1000, 128]
    const network = NETWORKS.mobilefacenet
    const dense = trainingStep(marginObjective({ network, size: 32, batchSize: 2, classes, head }), SGD)
    const ofHead = dense.variables.filter(({ name }) => name.includes('head/'))
    const store = CentreStore.initial(classes, centreVariables({ embeddingSize, classes, head }, SGD), 7)
    const state = initialState({ variables: ofHead }, 7)
    t.strictSame(
      [...store.tensors].map(([name, { shape }]) => [name, shape]),
      ofHead.map(({ name, shape }) => [name, shape]),
    )
    for (const [name, { values }] of store.tensors) t.equal(Buffer.compare(bytes(values), bytes(state[name]!)), 0, name)
  }
})

t.test('rows go out and come back to where they were', async t => {
  const store = numbered()
  const identities = Int32Array.of(1, 3)
  const gathered = store.gather(identities)
  t.strictSame(gathered, {
    'head/centres': Float32Array.of(3, 4, 5, 9, 10, 11),
    'velocity/head/centres': Float32Array.of(103, 104, 105, 109, 110, 111),
  })
  const changed = Object.fromEntries(Object.entries(gathered).map(([name, rows]) => [name, rows.map(x => -x)]))
  store.scatter(identities, changed)
  t.strictSame(
    store.tensors.get('head/centres')!.values,
    Float32Array.of(0, 1, 2, -3, -4, -5, 6, 7, 8, -9, -10, -11),
    'the rows in between are as they were',
  )
  t.strictSame(store.gather(identities), changed)
  t.equal(store.gather(Int32Array.of(2, 0))['velocity/head/centres']![0], 106, 'in any order')
})

t.test('the rows of an identity with several centres go together', async t => {
  const values = Float32Array.from({ length: 12 }, (_, i) => i)
  const store = new CentreStore(2, new Map([['head/centres', { shape: [6, 2], values }]]))
  t.strictSame(store.gather(Int32Array.of(1))['head/centres'], Float32Array.of(6, 7, 8, 9, 10, 11))
})

t.test('a store goes on from what another held, without a copy', async t => {
  const first = numbered()
  const second = new CentreStore(4, first.tensors)
  second.scatter(Int32Array.of(0), {
    'head/centres': Float32Array.of(7, 7, 7),
    'velocity/head/centres': Float32Array.of(8, 8, 8),
  })
  t.strictSame(first.gather(Int32Array.of(0))['head/centres'], Float32Array.of(7, 7, 7))
})

t.test('an optimiser keeps what it likes for a centre; what is not of its shape is none of the store', async t => {
  const adam: Pick<Optimiser, 'init'> = {
    init: parameters => [
      ...parameters.flatMap(({ name, shape }) =>
        ['first', 'second'].map(moment => ({
          name: `${moment}/${name}`,
          shape,
          initialise: (size: number) => new Float32Array(size),
        })),
      ),
      { name: 'steps', shape: [], initialise: () => Float32Array.of(0) },
    ],
  }
  const variables = centreVariables({ embeddingSize: 4, classes: 5, head: ARCFACE }, adam)
  t.strictSame(
    variables.map(({ name, shape }) => [name, shape]),
    [
      ['head/centres', [5, 4]],
      ['first/head/centres', [5, 4]],
      ['second/head/centres', [5, 4]],
    ],
  )
})

t.test('what does not fit is refused', async t => {
  const values = new Float32Array(12)
  t.throws(() => new CentreStore(5, new Map([['head/centres', { shape: [4, 3], values }]])), {
    message: 'head/centres: expected rows of 5 identities, found 12 values of [4,3]',
  })
  t.throws(() => numbered().scatter(Int32Array.of(0), { 'head/centres': new Float32Array(3) }), {
    message: 'velocity/head/centres: expected 1 rows of 3, found undefined values',
  })
})
