import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { answers, lastError, runProgram } from '@tiny-face/pinned-downloads'
import { DataError } from '@tiny-face/safe-files'

const SOURCES = ['tfjs_backend.cc', 'tfjs_binding.cc']
/** What of the npm package is needed to run it. */
const TO_RUN = ['package.json', 'README.md', 'dist', 'node_modules']

/**
 * Builds tfjs-node's addon in an engine's folder, from the package's own sources and against the TensorFlow that lies in `lib/`.
 * node-gyp is not asked: it wants Python and Node's own headers, which it downloads; two files and Node-API's headers need a
 * compiler only. One addon serves Node 20 and every later one.
 *
 * @throws DataError where there is no compiler, or it fails
 */
export async function buildAddon(folder: string, addon: string): Promise<void> {
  const compiler = await findCompiler()
  const libraries = ['cc', 'framework'].map(name => join(folder, 'lib', `libtensorflow_${name}.so.2`))
  const command = [
    ...compiler,
    ...['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-DNODE_GYP_MODULE_NAME=tfjs_binding'],
    ...['build/node-api-headers/include', 'build/include'].flatMap(path => ['-I', join(folder, path)]),
    ...SOURCES.map(name => join(folder, 'tfjs-node/binding', name)),
    ...libraries,
    '-Wl,-rpath,$ORIGIN/lib',
    ...['-o', join(folder, addon)],
  ]
  const result = await runProgram(command)
  if (result.status !== 0)
    throw new DataError({
      message: `building the addon of @tensorflow/tfjs-node: ${compiler.join(' ')}: ${lastError(result)}`,
    })
  rmSync(join(folder, 'build'), { recursive: true })
  for (const name of readdirSync(join(folder, 'tfjs-node')))
    if (!TO_RUN.includes(name)) rmSync(join(folder, 'tfjs-node', name), { recursive: true })
  for (const name of ['tfjs', 'tfjs-core']) standIn(join(folder, 'tfjs-node/node_modules/@tensorflow', name))
}

/**
 * Leaves a place for a package that tfjs-node's JavaScript requires, whose content whoever loads it fills in: their own tfjs-core.
 * The union package itself, @tensorflow/tfjs, would be 250 MB with all that it brings.
 */
function standIn(folder: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'index.js'),
    "throw new Error('to be loaded by @tiny-face/tfjs-compiler, with its own tfjs-core')\n",
  )
}

async function findCompiler(): Promise<readonly string[]> {
  const named = process.env.CXX?.split(' ').filter(part => part !== '') ?? []
  for (const compiler of [named, ['c++'], ['g++'], ['clang++']])
    if (compiler.length > 0 && (await answers(compiler))) return compiler
  throw new DataError({ message: 'needs a C++ compiler (g++ or clang++; CXX names another)' })
}
