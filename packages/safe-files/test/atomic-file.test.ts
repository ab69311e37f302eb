import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { AtomicFile } from '../src/index.js'

t.test('a file has its name only once it is whole', async t => {
  const path = join(t.testdir(), 'x.rec')
  const file = new AtomicFile(path)
  file.write(Buffer.from('abc'))
  t.notOk(existsSync(path))
  file.commit()
  t.equal(readFileSync(path, 'utf8'), 'abc')
  file.abort()
  t.ok(existsSync(path), 'an abort after the commit does nothing')
})

t.test('an abort leaves nothing', async t => {
  const folder = t.testdir()
  const file = new AtomicFile(join(folder, 'x.rec'))
  file.write(Buffer.from('abc'))
  file.abort()
  t.strictSame(readdirSync(folder), [])
})

t.test('what exists is replaced only when forced', async t => {
  const path = join(t.testdir({ 'x.rec': 'old' }), 'x.rec')
  t.throws(() => new AtomicFile(path), /x\.rec: exists already; --force replaces it/)
  const file = new AtomicFile(path, { force: true })
  t.equal(readFileSync(path, 'utf8'), 'old')
  file.write(Buffer.from('new'))
  file.commit()
  t.equal(readFileSync(path, 'utf8'), 'new')
})

t.test('a folder or a device is never replaced', async t => {
  const folder = join(t.testdir({ out: {} }), 'out')
  t.throws(() => new AtomicFile(folder, { force: true }), /out: expected a file to replace, found a folder/)
  if (existsSync('/dev/null'))
    t.throws(() => new AtomicFile('/dev/null', { force: true }), /expected a file to replace/)
})

t.test('what a dead process left is swept, and nothing else', async t => {
  const folder = t.testdir()
  // No Linux or macOS process has a number this high.
  for (const name of ['x.rec.999999999.partial', `x.rec.${process.ppid}.partial`, 'y.rec.999999999.partial'])
    writeFileSync(join(folder, name), '')
  new AtomicFile(join(folder, 'x.rec')).commit()
  t.strictSame(readdirSync(folder).sort(), ['x.rec', `x.rec.${process.ppid}.partial`, 'y.rec.999999999.partial'])
})
