import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { readIds } from '../src/index.js'

t.test('numbers, ranges of them, and names', async t => {
  const ids = readIds('7,40-59,Ann/1.jpg')
  for (const id of [7, 40, 59, 7n, 50n, '7', 'Ann/1.jpg', '40-59']) t.ok(ids.has(id), `${id}`)
  for (const id of [6, 39, 60, 'Ann/2.jpg', 'Ann', 2n ** 60n, -7, '50']) t.notOk(ids.has(id), `${id}`)
  t.ok(readIds(`${2n ** 60n}`).has(2n ** 60n), 'beyond what a Number holds')
})

t.test('a file of one a line, as record-doctor gives it, whatever its line ends', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'ids-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'ids.txt')
  writeFileSync(file, 'Ann, the first/1.jpg\r\n12\r\n20-22\r\n')
  const ids = readIds(`@${file}`)
  for (const id of ['Ann, the first/1.jpg', 12, 20, 22]) t.ok(ids.has(id), `${id}`)
  t.notOk(ids.has('Ann'))
  writeFileSync(file, '\n')
  t.throws(() => readIds(`@${file}`), {
    name: 'UsageError',
    message: `${file}: expected an id on each line, found an empty file`,
  })
  t.throws(() => readIds(`@${file}.no`), { code: 'ENOENT' })
  t.throws(() => readIds('7,,8'), {
    name: 'UsageError',
    message: "expected ids such as 7,40-59, or @FILE, found '7,,8'",
  })
  t.throws(() => readIds('9-7'), { name: 'UsageError' })
})
