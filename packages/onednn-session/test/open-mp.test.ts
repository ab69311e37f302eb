/** What OpenMP's library says that it was told when it was loaded. */
import { spawnSync } from 'node:child_process'
import t from 'tap'
import { libraryFile } from './library-file.js'

// The built one: Node takes no TypeScript for a thread.
const library = new URL('../dist/index.js', import.meta.url)
// In a thread, as the compiler's steps run: its process.env is a copy.
const PROGRAM = `
  const code = "import('${library}').then(({ setThreads }) => setThreads(2))"
  new (require('node:worker_threads').Worker)(code, { eval: true })
`

/** Settings of OpenMP by name, in a process whose environment has `env`. */
function settings(env: Record<string, string>): string | undefined {
  const { OMP_WAIT_POLICY: _, GOMP_SPINCOUNT: __, ...rest } = process.env
  const { stderr } = spawnSync(process.execPath, ['-e', PROGRAM], {
    env: { ...rest, OMP_DISPLAY_ENV: 'verbose', ...env },
    encoding: 'utf8',
  })
  return /GOMP_SPINCOUNT = '(.*)'/.exec(stderr)?.[1]
}

t.test(
  'threads that wait soon sleep, unless a person has said how they wait',
  { skip: libraryFile === undefined },
  async t => {
    t.equal(settings({}), '1000')
    t.equal(settings({ GOMP_SPINCOUNT: '7' }), '7')
    t.equal(settings({ OMP_WAIT_POLICY: 'passive' }), '0')
  },
)

t.test('a system without OpenMP is told what to install', { skip: process.platform !== 'linux' }, async t => {
  // The first place that the loader looks at.
  const LD_LIBRARY_PATH = t.testdir({ 'libgomp.so.1': 'not a library' })
  const program = `import('${library}').then(({ loadLibrary }) => loadLibrary('/libdnnl.so')).catch(e => console.log(e.message))`
  const { stdout } = spawnSync(process.execPath, ['-e', program], {
    env: { ...process.env, LD_LIBRARY_PATH },
    encoding: 'utf8',
  })
  t.equal(
    stdout,
    'libgomp.so.1: not found: oneDNN needs GNU OpenMP (apt-get install libgomp1, or dnf install libgomp)\n',
  )
})
