import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { AtomicFolder } from '../src/index.js'

t.test('a folder has its name only once it is whole', async t => {
  const folder = t.testdir()
  const out = new AtomicFolder(join(folder, 'out'))
  writeFileSync(join(out.temporary, 'a'), 'abc')
  t.strictSame(readdirSync(folder), [`out.${process.pid}.partial`])
  out.commit()
  t.strictSame(readdirSync(folder), ['out'])
  out.abort()
  t.equal(readFileSync(join(folder, 'out/a'), 'utf8'), 'abc', 'an abort after the commit does nothing')
})

t.test('an abort leaves nothing', async t => {
  const folder = t.testdir()
  const out = new AtomicFolder(join(folder, 'out'))
  writeFileSync(join(out.temporary, 'a'), 'abc')
  out.abort()
  t.strictSame(readdirSync(folder), [])
})

t.test('what exists is replaced as a whole, and only when forced', async t => {
  const folder = t.testdir({ out: { old: '' } })
  t.throws(() => new AtomicFolder(join(folder, 'out')), /out: exists already; --force replaces it/)
  const out = new AtomicFolder(join(folder, 'out'), { force: true })
  writeFileSync(join(out.temporary, 'new'), '')
  t.strictSame(readdirSync(join(folder, 'out')), ['old'])
  out.commit()
  t.strictSame(readdirSync(folder), ['out'])
  t.strictSame(readdirSync(join(folder, 'out')), ['new'])
})

t.test('what the dead left is swept, what the living make is not', async t => {
  const { pid: dead } = spawnSync(process.execPath, ['-e', ''])
  const folder = t.testdir({
    [`out.${dead}.partial`]: { a: '' },
    [`out.${process.ppid}.partial`]: {},
    'out.1x.partial': {},
  })
  new AtomicFolder(join(folder, 'out')).abort()
  t.strictSame(readdirSync(folder).sort(), [`out.${process.ppid}.partial`, 'out.1x.partial'].sort())
  mkdirSync(join(folder, `out.${dead}.replaced.partial`))
  t.throws(() => new AtomicFolder(join(folder, 'out')), /exists already/, 'what one died replacing has its name back')
})
