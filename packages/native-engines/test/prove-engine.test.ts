import { fileURLToPath } from 'node:url'
import t from 'tap'
import { installedEngine } from '../src/index.js'
import { proveEngine } from '../src/prove-engine.js'

t.test('what is no library does not run, in one line', async t => {
  const folder = t.testdir({ lib: 'no library', 'lib.node': 'no library' })
  for (const [name, library] of [
    ['onednn', 'lib'],
    ['tensorflow', 'lib.node'],
  ] as const) {
    const error = await proveEngine({ name, library }, folder).then(
      () => undefined,
      (thrown: Error) => thrown,
    )
    t.equal(error?.name, 'DataError')
    t.match(
      error?.message,
      /lib(\.node)?: does not run here, found .*(invalid ELF header|not a mach-o|no oneDNN library|file too short)/,
    )
    t.notMatch(error?.message, /\n/)
  }
})

const onednn = installedEngine('onednn')
t.test('oneDNN computes what JavaScript computes', { skip: !onednn && 'engine-install onednn' }, async t => {
  const { said, table } = await proveEngine({ name: 'onednn', library: 'lib/libdnnl.so.3' }, onednn!.folder)
  t.match(said, /^oneDNN 3\.2\.0, /)
  t.match(table[0]![0], /^matmul 96x160x64 f32$/)
  t.ok(Number(table[0]![1]) < 1e-5)
})

const tensorflow = installedEngine('tensorflow')
t.test('TensorFlow too', { skip: !tensorflow && 'engine-install tensorflow' }, async t => {
  const { said, table } = await proveEngine({ name: 'tensorflow', library: 'tfjs_binding.node' }, tensorflow!.folder)
  t.match(said, /^TensorFlow 2\.15\.1 on the CPU$/)
  t.strictSame(
    table.map(([what]) => what?.split(' ')[0]),
    ['MatMul', 'Conv2D', 'FusedBatchNormV3'],
  )
})

t.test('TensorFlow: each operation that computes something else is named', async t => {
  const folder = fileURLToPath(new URL('.', import.meta.url))
  const prove = () => proveEngine({ name: 'tensorflow', library: 'made-tensorflow.cjs' }, folder)
  const { said, table } = await prove()
  t.equal(said, 'TensorFlow 0.0 made on the CPU')
  for (const [what] of table) {
    const [operation] = what!.split(' ')
    process.env.WRONG_OP = operation
    t.teardown(() => delete process.env.WRONG_OP)
    const message = new RegExp(`does not run here, found ${what}: expected an error of at most 0.0001, found 0.00`)
    await t.rejects(prove(), { name: 'DataError', message }, operation!)
  }
})
