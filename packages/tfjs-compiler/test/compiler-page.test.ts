/** docs/compiler.md shows what the code prints, and code that runs. */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { cleanGraph, compile, graphOf, printGraph, trace } from '../src/index.js'
import { fuseForOnednn } from '../src/targets/onednn/passes/index.js'
import { lower, ONNX_PASSES, write } from '../src/targets/onnx/lower.js'
import { printOnnxGraph } from '../src/targets/onnx/onnx-graph.js'
import { assignLayouts } from '../src/targets/onnx/passes/assign-layouts.js'
import { blockChannels } from '../src/targets/onnx/passes/block-channels.js'
import { stepOfRelu } from '../src/targets/onnx/passes/step-of-relu.js'
import { printPhysicalGraph } from '../src/targets/onnx/physical-graph.js'
import { example } from './example-program.js'

const page = readFileSync(new URL('../../../docs/compiler.md', import.meta.url), 'utf8')

/** The fenced block after the comment that names it. */
function shown(name: string): string {
  const found = new RegExp(`<!-- ${name} -->\n+\`\`\`\\w*\n([\\s\\S]*?)\n\`\`\``).exec(page)
  if (!found) throw new Error(`docs/compiler.md has no block named ${name}`)
  return found[1]!
}

const source = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8').trim()

const OPERATORS = { contrib: true, block: 16 }
const settable = new Set(example.state.keys())

t.test('the program and the target of three kernels are files of the tests', async t => {
  t.equal(shown('program'), source('example-program.ts').replaceAll('../src/index.js', '@tiny-face/tfjs-compiler'))
  t.equal(shown('three-kernels'), source('three-kernels-target.ts'))
})

t.test('the graph as it was traced, and clean', async t => {
  const traced = trace(example.run, example.inputs)
  t.equal(shown('traced'), printGraph(traced))
  t.equal(shown('clean'), printGraph(cleanGraph(traced)))
})

t.test('what becomes of it for onnx', async t => {
  const placed = assignLayouts(stepOfRelu(graphOf(example)), { settable, state: example.state })
  t.equal(shown('placed'), printPhysicalGraph(placed))
  const blocked = blockChannels(placed, OPERATORS)
  t.equal(shown('blocked'), printPhysicalGraph(blocked))
  const written = write(blocked, OPERATORS, { settable, state: example.state })
  const passed = ONNX_PASSES.reduce((graph, pass) => pass(graph), written)
  t.equal(shown('written'), printOnnxGraph(passed))
  t.equal(
    passed.nodes.length,
    lower(graphOf(example), { operators: OPERATORS, state: example.state }).model.nodes.length,
  )
})

t.test('what becomes of it for onednn', async t => {
  t.equal(shown('fused'), printGraph(fuseForOnednn(graphOf(example))))
})

t.test('the numbers of one step, on every engine that needs no installation', async t => {
  for (const engine of ['reference', 'onnx'] as const) {
    const executable = await compile(example, { engine, precision: 'f32' })
    await executable.setState({ w: new Float32Array(48).fill(0.1), v: new Float32Array(48) })
    const feeds = { x: new Float32Array(384).fill(1), rate: Float32Array.of(0.5) }
    const { loss } = await executable.step(feeds)
    const { loss: next } = await executable.step(feeds)
    t.equal(shown('numbers'), `loss ${loss![0]!.toFixed(4)}, then ${next![0]!.toFixed(4)}`, engine)
    await executable.close()
  }
})
