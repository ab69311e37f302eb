/** The seams between the compiler and its targets: a target is a folder, and nothing above it knows its name. */
import { readdirSync, readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { ENGINE_NAMES, type Program } from '../src/index.js'
import { threeKernels } from './three-kernels-target.js'

const SRC = new URL('../src/', import.meta.url)
const f32 = (...shape: number[]) => ({ shape, dtype: 'float32' as const })

t.test('a target of three kernels runs a program, keeps its state, and says which kernel it lacks', async t => {
  const program: Program = {
    run: ({ x, total }) => ({ y: tf.relu(tf.mul(x!, 2)), next: tf.add(total!, x!) }),
    inputs: { x: f32(3), total: f32(3) },
    state: new Map([['total', 'next']]),
  }
  const executable = await threeKernels.compile(program)
  await executable.setState({ total: Float32Array.of(1, 1, 1) })
  t.same(await executable.step({ x: Float32Array.of(-1, 0, 2) }), { y: Float32Array.of(-0, 0, 4) })
  await executable.step({ x: Float32Array.of(1, 1, 1) })
  t.same(await executable.getState(), { total: Float32Array.of(1, 2, 4) })
  await t.rejects(threeKernels.compile({ ...program, run: ({ x }) => ({ y: tf.exp(x!) }), state: new Map() }), {
    name: 'UnsupportedKernel',
    message: 'target three-kernels has no rule for kernel Exp (recorded by tf.exp): it knows Add, Multiply, Relu',
  })
})

/** What imports a target, or speaks of one, below src/. */
function mentions(folder: string, names: readonly string[]): string[] {
  const files = readdirSync(new URL(folder, SRC), { recursive: true, encoding: 'utf8' })
  return files
    .filter(file => file.endsWith('.ts'))
    .filter(file => {
      const text = readFileSync(new URL(`${folder}${file}`, SRC), 'utf8')
      // TensorFlow.js itself is no target
      const words = text.toLowerCase().replaceAll('@tensorflow/', '')
      return names.some(name => words.includes(name))
    })
}

t.test('graph, kernels, passes, trace and the interface name no target', async t => {
  const names = ['targets/', 'onnx', 'onednn', 'tensorflow']
  for (const folder of ['graph/', 'kernels/', 'passes/', 'trace/']) t.same(mentions(folder, names), [], folder)
  for (const file of [
    'executable.ts',
    'rule-table.ts',
    'window.ts',
    'attributes.ts',
    'permute.ts',
    'eager-backend.ts',
  ]) {
    const text = readFileSync(new URL(file, SRC), 'utf8').toLowerCase().replaceAll('@tensorflow/', '')
    t.same(
      names.filter(name => text.includes(name)),
      [],
      file,
    )
  }
  t.same(mentions('targets/', ['onnxruntime']).length > 0, true, 'the search finds what is there')
})

t.test('each engine has a folder of its own, and no target imports another', async t => {
  const folders = readdirSync(new URL('targets/', SRC))
  t.same(
    ENGINE_NAMES.filter(name => !folders.includes(name)),
    [],
  )
  for (const folder of folders) {
    const others = folders.filter(other => other !== folder).map(other => `../${other}/`)
    t.same(mentions(`targets/${folder}/`, others), [], folder)
  }
})
