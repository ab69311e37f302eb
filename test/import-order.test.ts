import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

// An import only ever points down this list: deleting a package breaks only those above it.
const ORDER = [
  'face-web',
  'face-gallery',
  'face-aligner',
  'arcface-train',
  'record-doctor',
  'arcface-model',
  'verifier',
  'tfjs-compiler',
  'native-engines',
  'pinned-downloads',
  'onnx-session',
  'onednn-session',
  'mpi-session',
  'weight-files',
  'tfrecord-stream',
  'image-stream',
  'drawn-faces',
  'bin-stream',
  'safe-pickle',
  'recordio-stream',
  'webdataset-stream',
  'parquet-stream',
  'json-stream',
  'record-tools',
  'shard-writer',
  'global-shuffle',
  'record-stream',
  'report-page',
  'command-shell',
  'protobuf-wire',
  'zlib-stream',
  'seeded-random',
  'file-signatures',
  'checked-json',
  'safe-files',
]
/** What nearly all packages stand on is not drawn. */
const GROUND = ['record-stream', 'command-shell', 'safe-files', 'seeded-random', 'file-signatures']
const packages = fileURLToPath(new URL('../packages', import.meta.url))

for (const name of readdirSync(packages)) {
  t.test(name, async t => {
    const place = ORDER.indexOf(name)
    t.not(place, -1, 'has a place in the order')
    const below = ORDER.slice(place + 1).map(other => `@tiny-face/${other}`)
    const manifest = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8'))
    const declared = Object.keys(manifest.dependencies ?? {})
    t.match(manifest.name, `@tiny-face/${name}`)
    t.same(
      ours(declared).filter(dependency => !below.includes(dependency)),
      [],
      'depends only on packages below',
    )

    for (const file of sources(join(packages, name, 'src'))) {
      const imports = importsOf(readFileSync(join(packages, name, 'src', file), 'utf8'))
      t.same(
        ours(imports).filter(target => !declared.includes(packageOf(target))),
        [],
        `${file} imports only what is declared`,
      )
      t.same(imports.filter(leaves(file)), [], `${file} reaches no file outside its package`)
    }
  })
}

t.test('the drawing in ARCHITECTURE.md shows who imports whom', async t => {
  const page = readFileSync(fileURLToPath(new URL('../ARCHITECTURE.md', import.meta.url)), 'utf8')
  const drawn = [...page.matchAll(/^ {2}(\S+) --> (\S+)$/gm)].map(([, from, to]) => `${from} ${to}`)
  const arrows = readdirSync(packages).flatMap(name => {
    const { dependencies = {} } = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8'))
    return ours(Object.keys(dependencies))
      .map(target => target.replace('@tiny-face/', ''))
      .filter(target => !GROUND.includes(target))
      .map(target => `${name} ${target}`)
  })
  t.same(drawn.sort(), arrows.sort())
})

t.test('the commands that a package declares are there', async t => {
  for (const name of readdirSync(packages)) {
    const { bin = {} } = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8'))
    for (const [command, stub] of Object.entries<string>(bin)) {
      t.ok(existsSync(join(packages, name, stub)), `${stub} of ${command}`)
      t.equal(stub, `./bin/${command}.js`)
    }
  }
})

/** `@tiny-face/NAME` of `@tiny-face/NAME/part`. */
function packageOf(target: string): string {
  return target.split('/', 2).join('/')
}

function ours(specifiers: string[]): string[] {
  return specifiers.filter(specifier => specifier.startsWith('@tiny-face/'))
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))
}

/** Every specifier after `from`, `import` or `import(`. */
function importsOf(source: string): string[] {
  return [...source.matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)].map(match => match[1]!)
}

/** Whether a relative import climbs above the `src` folder that holds `file`. */
function leaves(file: string): (specifier: string) => boolean {
  const depth = file.split('/').length - 1
  return specifier => specifier.startsWith('../'.repeat(depth + 1))
}
