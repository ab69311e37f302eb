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
