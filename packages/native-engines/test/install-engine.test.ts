import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Member } from '../../pinned-downloads/test/zip.js'
import { type InstalledEngine, installEngine, installedEngine, PINNED_ENGINES } from '../src/index.js'
import { makeWheel, NOT_HERE, pin, pinned } from './made-engine.js'

const { version, library } = PINNED_ENGINES.onednn
const onednn = installedEngine('onednn')
const notInstalled = NOT_HERE || (!onednn && 'engine-install onednn')

/** A cache of the test's own, and a folder of what is to be installed. */
function folders(t: Test): { cache: string; from: string } {
  const folder = t.testdir({ cache: {}, from: {} })
  process.env.TINY_FACE_ENGINES = join(folder, 'cache')
  return { cache: join(folder, 'cache'), from: join(folder, 'from') }
}

/** oneDNN as it is installed here, as members of a wheel; one installed before OpenMP came along has no libgomp. */
function members({ folder }: InstalledEngine): Member[] {
  const names = [library, 'lib/libgomp.so.1', 'LICENSE'].filter(name => existsSync(join(folder, name)))
  return names.map(name => ({ name, data: readFileSync(join(folder, name)), method: 0 }))
}

t.test('an engine is taken out of its wheel, computes, and is whole', { skip: notInstalled }, async t => {
  const { cache, from } = folders(t)
  const files = members(onednn!)
  pin('onednn', { wheels: [makeWheel(from, files)], files: { [library]: pinned(files[0]!.data) } })

  const steps: string[] = []
  const made = await installEngine('onednn', { from, onStep: text => steps.push(text) })
  t.strictSame(steps, ['made==1.0, 55 MB', 'having it compute'])
  t.match(made.proof, /^oneDNN 3\.2\.0, /)
  t.match(made.table, [['matmul 96x160x64 f32']])
  t.strictSame(readdirSync(cache), [`onednn-${version}`])
  t.strictSame(readdirSync(made.folder).sort(), ['LICENSE', 'engine.json', 'lib'])
  t.ok(readFileSync(made.library).equals(files[0]!.data))
  const { table, ...again } = await installEngine('onednn')
  t.equal(table, undefined, 'found, without its wheel')
  t.strictSame({ ...again, table: made.table }, made)
})

t.test('another process that was quicker: its engine stays', { skip: notInstalled }, async t => {
  const { cache, from } = folders(t)
  pin('onednn', { wheels: [makeWheel(from, members(onednn!))] })
  const quicker = (text: string) => {
    if (text === 'having it compute') cpSync(onednn!.folder, join(cache, `onednn-${version}`), { recursive: true })
  }
  const { size } = await installEngine('onednn', { from, onStep: quicker })
  t.equal(size, onednn!.size, 'with all the files that the other has')
  t.strictSame(readdirSync(cache), [`onednn-${version}`])
})

t.test('what cannot be installed leaves nothing', { skip: NOT_HERE }, async t => {
  const { cache, from } = folders(t)
  const wheel = makeWheel(from, [{ name: library, data: Buffer.from('no library') }])
  const { sha256 } = pinned(Buffer.from('other file'))
  for (const [what, engine, message] of [
    ['it does not run', {}, /libdnnl\.so\.3: does not run here, found /],
    ['a file of another size', { files: { [library]: { size: 11, sha256 } } }, /expected 11 bytes, found 10$/],
    ['another file', { files: { [library]: { size: 10, sha256 } } }, new RegExp(`expected SHA-256 ${sha256}, found `)],
    [
      'no name to restore',
      { sonames: { [library]: 'libgomp-1.so' } },
      /expected the name libgomp-1\.so once, found none/,
    ],
    ['a full disk', { room: 1e18 }, /cache: expected 1000000000\.0 GB of free disk, found [0-9.]+ GB$/],
  ] as const) {
    mkdirSync(cache, { recursive: true })
    pin('onednn', { wheels: [wheel], ...engine })
    await t.rejects(installEngine('onednn', { from }), { name: 'DataError', message }, what)
    t.notOk(existsSync(cache), `${what}: the cache's folder is gone too`)
  }
  t.strictSame(readdirSync(from), [wheel.file], 'what was given is not ours to remove')
})
