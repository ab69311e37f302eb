import type { GraphOperation, WeightFile } from '@tiny-face/weight-files'
import t from 'tap'
import { chooseSource } from '../../src/import/choose-source.js'
import { importWeights } from '../../src/import/import-weights.js'
import { foldedNorms } from '../../src/import/match-graph.js'
import { generatedFile, readFixture } from './generated-weights.js'

const fixture = readFixture('adaface-ir18')
const named = generatedFile(fixture, 'pytorch')

/** AdaFace's IR-18 as PyTorch's exporter has it: a unit's shortcut first, names that say nothing. */
function graphFile(change: (operations: GraphOperation[]) => void = () => {}): WeightFile {
  const operations: GraphOperation[] = []
  const names = new Map<string, string>()
  let last = 'input'
  const step = (operator: string, tensors: readonly string[], attributes: [string, number][] = []) => {
    const inputs = tensors.map(name => {
      names.set(`onnx::${names.size}`, name)
      return `onnx::${names.size - 1}`
    })
    const output = `value${operations.length}`
    operations.push({ operator, inputs: [last, ...inputs], outputs: [output], attributes: new Map(attributes) })
    last = output
  }
  const conv = (name: string) => step('Conv', [`${name}.weight`])
  const norm = (name: string) =>
    step(
      'BatchNormalization',
      ['weight', 'bias', 'running_mean', 'running_var'].map(part => `${name}.${part}`),
      [['epsilon', 1e-5]],
    )
  const prelu = (name: string) => step('PRelu', [`${name}.weight`])
  conv('input_layer.0')
  norm('input_layer.1')
  prelu('input_layer.2')
  for (let block = 0; block < 8; block++) {
    if (`body.${block}.shortcut_layer.0.weight` in fixture.tensors) {
      conv(`body.${block}.shortcut_layer.0`)
      norm(`body.${block}.shortcut_layer.1`)
    }
    norm(`body.${block}.res_layer.0`)
    conv(`body.${block}.res_layer.1`)
    norm(`body.${block}.res_layer.2`)
    prelu(`body.${block}.res_layer.3`)
    conv(`body.${block}.res_layer.4`)
    norm(`body.${block}.res_layer.5`)
  }
  norm('output_layer.0')
  step('Gemm', ['output_layer.3.weight', 'output_layer.3.bias'], [['transB', 1]])
  change(operations)
  return {
    file: 'generated.onnx',
    format: 'onnx',
    tensors: new Map([...names].map(([name, theirs]) => [name, named.tensors.get(theirs)!])),
    graph: operations,
    read: name => named.read(names.get(name)!),
    close() {},
  }
}

t.test("a graph's layers are taken in its order", async t => {
  const file = graphFile()
  const source = chooseSource(file, { from: 'adaface' })
  t.strictSame([source.network, source.embeddingSize, foldedNorms(source)], ['ir18', 64, 1])
  const [found, expected] = [
    importWeights(file, source),
    importWeights(named, chooseSource(named, { from: 'adaface' })),
  ]
  t.strictSame([...found.keys()].sort(), [...expected.keys()].sort())
  for (const [name, { values }] of expected) {
    // The last batch norm is not in the graph here.
    if (!name.startsWith('embedding/'))
      t.ok(Buffer.from(found.get(name)!.values.buffer).equals(Buffer.from(values.buffer)), name)
  }
})

t.test('another order, a layer too many or of unknown tensors is no such network', async t => {
  const refused = (change: (operations: GraphOperation[]) => void, expected: RegExp) =>
    t.throws(() => chooseSource(graphFile(change), { from: 'adaface', network: 'ir18' }), expected)
  refused(operations => operations.reverse(), /expected tensors of a network that is known here/)
  refused(operations => operations.splice(40, 1), /first missing: stage\S+ \(a .*, where the graph has a /)
  refused(
    operations => operations.push({ ...operations[0]!, outputs: ['more'] }),
    /unexpected: part of the graph \(a convolution or dense layer behind the last layer\)/,
  )
  refused(operations => {
    operations[1] = { ...operations[1]!, inputs: ['value0', 'made', 'of', 'other', 'values'] }
  }, /expected tensors of a network that is known here|where the graph has a layer whose tensors are not in the file/)
})
