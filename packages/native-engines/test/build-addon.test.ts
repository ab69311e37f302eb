import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { buildAddon } from '../src/build-addon.js'
import { installEngine } from '../src/index.js'
import { makeWheel, NOT_HERE, pin, pinned } from './made-engine.js'

const ADDON = 'tfjs_binding.node'
const compiles = spawnSync('c++', ['--version']).status === 0
const skip = NOT_HERE || (!compiles && 'no c++')

/** Node-API finds this function by its name; a real one fills the addon's exports. */
const SOURCE = `#include "answer.h"
extern "C" void* napi_register_module_v1(void*, void* exports) { return answer() == 42 ? exports : nullptr; }`

/** tfjs-node's sources and TensorFlow's libraries, as small as can be. */
function madeTensorflow(t: Test, source = SOURCE): string {
  const folder = t.testdir({
    lib: {},
    'tfjs-node': {
      'package.json': '{}',
      dist: { 'index.js': '' },
      node_modules: { 'google-protobuf': {} },
      binding: { 'tfjs_backend.cc': '#include "answer.h"\nint answer() { return 42; }', 'tfjs_binding.cc': source },
      scripts: {},
      'tsconfig.json': '{}',
    },
    build: { include: { 'answer.h': 'int answer();' }, 'node-api-headers': { include: {} } },
  })
  for (const name of ['cc', 'framework']) {
    const library = join(folder, 'lib', `libtensorflow_${name}.so.2`)
    t.equal(spawnSync('c++', ['-shared', '-x', 'c++', '/dev/null', '-o', library]).status, 0)
  }
  return folder
}

/** Without `CXX` and with this PATH, until the test ends. */
function withPath(t: Test, path: string, cxx?: string): void {
  const { PATH, CXX } = process.env
  t.teardown(() => {
    process.env.PATH = PATH
    if (CXX === undefined) delete process.env.CXX
    else process.env.CXX = CXX
  })
  process.env.PATH = path
  if (cxx !== undefined) process.env.CXX = cxx
  else delete process.env.CXX
}

t.test('the addon is one that Node loads; what built it is gone, what runs stays', { skip }, async t => {
  const folder = madeTensorflow(t)
  await buildAddon(folder, ADDON)
  t.strictSame({ ...createRequire(import.meta.url)(join(folder, ADDON)) }, {})
  t.strictSame(readdirSync(folder).sort(), ['lib', 'tfjs-node', ADDON].sort())
  t.strictSame(readdirSync(join(folder, 'tfjs-node')).sort(), ['dist', 'node_modules', 'package.json'])
  for (const name of ['tfjs', 'tfjs-core'])
    t.match(
      readFileSync(join(folder, 'tfjs-node/node_modules/@tensorflow', name, 'index.js'), 'utf8'),
      /to be loaded by @tiny-face\/tfjs-compiler/,
    )
})

t.test('sources that do not compile: the compiler and what it said', { skip }, async t => {
  const folder = madeTensorflow(t, '#error of our own making')
  withPath(t, process.env.PATH!, 'c++ -Wall')
  await t.rejects(buildAddon(folder, ADDON), {
    name: 'DataError',
    message: /^building the addon of @tensorflow\/tfjs-node: c\+\+ -Wall: .*of our own making/,
  })
})

t.test('no compiler, whatever CXX names', { skip }, async t => {
  const folder = madeTensorflow(t)
  for (const named of [undefined, 'no-compiler -O3']) {
    withPath(t, '/nonexistent', named)
    await t.rejects(buildAddon(folder, ADDON), { message: 'needs a C++ compiler (g++ or clang++; CXX names another)' })
  }
})

t.test('wheel and npm package become an engine; one that computes nothing leaves nothing', { skip }, async t => {
  const folder = madeTensorflow(t)
  const [from, cache] = [join(folder, 'from'), join(folder, 'cache')]
  mkdirSync(from)
  process.env.TINY_FACE_ENGINES = cache
  const file = 'made-1.0.tgz'
  t.equal(spawnSync('tar', ['-czf', join(from, file), '-C', folder, 'tfjs-node']).status, 0)
  const members = ['lib/libtensorflow_cc.so.2', 'lib/libtensorflow_framework.so.2', 'build/include/answer.h'].map(
    name => ({
      name,
      data: readFileSync(join(folder, name)),
    }),
  )
  const pack = { requirement: 'made@1.0', file, folder: 'tfjs-node', ...pinned(readFileSync(join(from, file))) }
  pin('tensorflow', { wheels: [makeWheel(from, members)], npmPackages: [pack] })

  const steps: string[] = []
  await t.rejects(installEngine('tensorflow', { from, onStep: text => steps.push(text) }), {
    name: 'DataError',
    message: /tfjs_binding\.node: does not run here, found .*isUsingGpuDevice/,
  })
  t.strictSame(steps, ['made==1.0, 0 MB', 'made@1.0', 'building the addon', 'having it compute'])
  t.notOk(existsSync(cache))
})
