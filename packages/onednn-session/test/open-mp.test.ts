/** OpenMP, which oneDNN needs: which one is loaded, and what that was told. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadLibrary } from '../src/index.js'
import { libraryFile } from './library-file.js'

// The built one: Node takes no TypeScript for a thread.
const library = new URL('../dist/index.js', import.meta.url)
// In a thread, as the compiler's steps run: its process.env is a copy.
const PROGRAM = `
  const code = "import('${library}').then(({ loadLibrary }) => loadLibrary('${libraryFile}'))"
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

/** What a process says in which the system's OpenMP cannot be loaded. */
function withoutSystems(folder: string, program: string): string {
  // The first place that the loader looks at.
  const LD_LIBRARY_PATH = join(folder, 'first')
  const { stdout } = spawnSync(process.execPath, ['-e', program], {
    env: { ...process.env, LD_LIBRARY_PATH },
    encoding: 'utf8',
  })
  return stdout
}
const DAMAGED = { first: { 'libgomp.so.1': 'not a library' } }

t.test('a system without OpenMP is told what to install', { skip: libraryFile === undefined }, async t => {
  const folder = t.testdir(DAMAGED)
  symlinkSync(libraryFile!, join(folder, 'libdnnl.so'))
  const program = `import('${library}').then(({ loadLibrary }) => loadLibrary('${join(folder, 'libdnnl.so')}')).catch(e => console.log(e.message))`
  t.equal(
    withoutSystems(folder, program),
    'libgomp.so.1: not found: oneDNN needs GNU OpenMP (apt-get install libgomp1, or dnf install libgomp)\n',
  )
})

t.test('a system without OpenMP gets the one that lies beside oneDNN', { skip: libraryFile === undefined }, async t => {
  loadLibrary(libraryFile!)
  const folder = t.testdir({ ...DAMAGED, lib: {} })
  const [onednn, openMp] = ['libdnnl.so.3', 'libgomp.so.1'].map(name => join(folder, 'lib', name))
  symlinkSync(libraryFile!, onednn!)
  copyFileSync(loadedOpenMp(readFileSync('/proc/self/maps', 'utf8'))!, openMp!)
  const program = `import('${library}').then(({ loadLibrary, setThreads }) => {
    const onednn = loadLibrary('${onednn}')
    setThreads(onednn, 3)
    console.log(onednn.version + ' ' + setThreads(onednn, 1))
    console.log(require('node:fs').readFileSync('/proc/self/maps', 'utf8'))
  })`
  const [first, ...maps] = withoutSystems(folder, program).split('\n')
  t.equal(first, `${loadLibrary(libraryFile!).version} 3`)
  t.equal(loadedOpenMp(maps.join('\n')), openMp)
})

/** OpenMP's file among those that a process has mapped, as /proc/PID/maps lists them. */
function loadedOpenMp(maps: string): string | undefined {
  return /(\/\S*\/libgomp\.so\S*)$/m.exec(maps)?.[1]
}
