import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { irRecord, part, scratch, tinyImage } from '../fixtures.js'

const bin = fileURLToPath(new URL('../../bin/recordio-index.js', import.meta.url))
const index = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8', timeout: 60_000 })
  t.equal(stdout, '')
  return { status, stderr }
}

t.test('makes, refuses, checks', t => {
  const folder = join(scratch(t), 'set')
  mkdirSync(folder)
  const rows = [9, 4].map(id => part(0, irRecord(0, id, tinyImage(id))))
  const idx = join(folder, 'a.idx')
  writeFileSync(join(folder, 'a.rec'), Buffer.concat(rows))
  writeFileSync(join(folder, 'b.rec'), part(0, 'text'))

  const made = index(folder)
  t.equal(made.status, 0)
  const [summary, a, b, end] = made.stderr.split('\n')
  t.match(summary, /^recordio-index: 3 records, 78 bytes in /)
  t.equal(a, `recordio-index: ${idx}: 2 entries; keys are the records' ids`)
  t.equal(b, `recordio-index: ${folder}/b.idx: 1 entry; keys are the records' numbers, for record 0 has no id`)
  t.equal(end, '')
  t.equal(readFileSync(idx, 'utf8'), `9\t0\n4\t${rows[0]!.length}\n`)

  t.same(index('--check', '--quiet', folder), { status: 0, stderr: '' })
  t.match(index(folder), { status: 1, stderr: /^recordio-index: .*a\.idx: exists already; --force replaces it\n$/ })
  t.match(index('--force', '--quiet', '--keys', 'number', folder), { status: 0, stderr: '' })
  t.equal(readFileSync(idx, 'utf8'), `0\t0\n1\t${rows[0]!.length}\n`)

  copyFileSync(join(folder, 'b.idx'), idx)
  t.match(index('--check', folder), {
    status: 1,
    stderr: /^recordio-index: .*a\.idx: record 1: stale index, [^\n]*\n$/,
  })
  t.match(index('--check', '--force', folder), { status: 2, stderr: /--check writes nothing/ })
  t.match(index('--check', '--keys', 'id', join(folder, 'b.rec')), {
    status: 1,
    stderr: /b\.idx: record 0: expected an id in the record, which is its key, found key 0\n/,
  })
  t.equal(index('--keys', 'label', folder).status, 2)
  t.equal(index().status, 2)
  t.end()
})
