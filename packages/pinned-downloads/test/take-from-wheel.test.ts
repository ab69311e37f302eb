import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DataError } from '@tiny-face/safe-files'
import t, { type Test } from 'tap'
import { takeFromWheel, type WheelLimits } from '../src/index.js'
import { type Member, zip } from './zip.js'

const text = (name: string, content: string, more: Partial<Member> = {}): Member => ({
  name,
  data: Buffer.from(content),
  ...more,
})

/** A file with these bytes, and a folder to take into. */
function scratch(t: Test, bytes: Uint8Array) {
  const folder = t.testdir({ into: {} })
  const wheel = join(folder, 'x.whl')
  writeFileSync(wheel, bytes)
  return { wheel, into: join(folder, 'into') }
}

const sha256 = (data: string) => createHash('sha256').update(data).digest('hex')

t.test('files and folders are taken, and nothing else', async t => {
  const library = 'library'.repeat(50_000)
  const { wheel, into } = scratch(
    t,
    zip([
      text('pkg/lib/libx.so', library),
      text('pkg/include/', '', { method: 0 }),
      text('pkg/include/a.h', 'a', { method: 0 }),
      text('pkg/include/deep/b.h', ''),
      text('pkg/other', 'other'),
    ]),
  )
  const taken = await takeFromWheel(wheel, { 'pkg/lib/libx.so': 'lib/x.so', 'pkg/include/': 'include/' }, into)
  t.strictSame(taken, [
    { path: 'lib/x.so', size: library.length, sha256: sha256(library) },
    { path: 'include/a.h', size: 1, sha256: sha256('a') },
    { path: 'include/deep/b.h', size: 0, sha256: sha256('') },
  ])
  t.equal(readFileSync(join(into, 'lib/x.so'), 'utf8'), library)
  t.strictSame(readdirSync(into, { recursive: true }).sort(), [
    'include',
    'include/a.h',
    'include/deep',
    'include/deep/b.h',
    'lib',
    'lib/x.so',
  ])
})

t.test('nothing is taken from an archive that is wrong', async t => {
  const whole = zip([text('a/x', 'xyz')])
  const take = { 'a/': 'a/' }
  const cases: [string, Uint8Array, RegExp, Record<string, string>?, Partial<WheelLimits>?][] = [
    ['no zip', Buffer.from('hello'), /expected a whole zip archive/],
    ['empty', Buffer.alloc(0), /expected a whole zip archive/],
    ['cut short', whole.subarray(0, -10), /expected a whole zip archive/],
    ['a member is missing', whole, /expected a member b, found none/, { 'a/': 'a/', b: 'b' }],
    ['out of the folder', zip([text('a/../../x', 'x')]), /invalid relative path/],
    ['an absolute path', zip([text('/a/x', 'x')]), /absolute path/],
    ['backslashes', zip([text('a\\..\\x', 'x')]), /invalid characters in fileName/],
    ['a link', zip([text('a/x', '/etc/passwd', { mode: 0o120777 })]), /expected a file at a\/x, found a link/],
    ['encrypted', zip([text('a/x', 'x', { flags: 0x801 })]), /expected readable data at a\/x, found encrypted data/],
    ['twice', zip([text('a/x', 'x'), text('a/x', 'y')]), /expected one member a\/x, found several/],
    ['too many', zip([text('a/x', 'x'), text('b', '')]), /at most 1 members, found 2/, take, { maxMembers: 1 }],
    ['too large', whole, /at most 2 bytes at a\/x, found 3/, take, { maxFileBytes: 2 }],
    ['too much', zip([text('a/x', 'xy'), text('a/y', 'z')]), /at most 2 bytes to take/, take, { maxTakenBytes: 2 }],
  ]
  for (const [name, bytes, message, names = take, limits] of cases) {
    const { wheel, into } = scratch(t, bytes)
    const error = await takeFromWheel(wheel, names, into, limits).then(
      () => undefined,
      (thrown: Error) => thrown,
    )
    t.ok(error instanceof DataError, `${name}: ${error?.message}`)
    t.match(error?.message, message, name)
    t.match(error?.message, wheel, name)
    t.notMatch(error?.message, /\n/, name)
    t.strictSame(readdirSync(into), [], name)
    t.notOk(existsSync(join(into, '../x')), name)
  }
})

t.test('data that is not what the directory says', async t => {
  for (const [name, member, message] of [
    ['checksum', { crc: 0xabc }, /member a\/x, expected CRC-32 00000abc, found CRC-32 [0-9a-f]{8}/],
    ['more than said', { size: 2 }, /member a\/x: .*expected a whole zip archive/],
    ['less than said', { size: 4 }, /member a\/x: .*expected a whole zip archive/],
    ['a method of compression', { method: 12 }, /member a\/x: .*expected a whole zip archive/],
  ] as const) {
    const { wheel, into } = scratch(t, zip([text('a/x', 'xyz', member)]))
    await t.rejects(takeFromWheel(wheel, { 'a/': '' }, into), { name: 'DataError', message }, name)
  }
  const bytes = zip([text('a/x', 'xyz'.repeat(1000))])
  bytes[40]! ^= 0xff
  const { wheel, into } = scratch(t, bytes)
  await t.rejects(takeFromWheel(wheel, { 'a/': '' }, into), { name: 'DataError' }, 'a flipped byte')
})

t.test('a file that is cut anywhere, or has a byte changed anywhere, is a DataError or is read as it was', async t => {
  const bytes = zip([text('a/x', 'some text'), text('b', 'more')])
  const { wheel, into } = scratch(t, bytes)
  const attempts: Buffer[] = []
  for (let i = 0; i < bytes.length; i++) {
    attempts.push(bytes.subarray(0, i))
    const changed = Buffer.from(bytes)
    changed[i]! ^= 0x41
    attempts.push(changed)
  }
  for (const [i, attempt] of attempts.entries()) {
    writeFileSync(wheel, attempt)
    const target = join(into, String(i))
    try {
      const taken = await takeFromWheel(wheel, { 'a/x': 'x' }, target)
      t.equal(taken[0]!.sha256, sha256('some text'))
    } catch (error) {
      if (!(error instanceof DataError)) t.fail(`attempt ${i}: ${error}`)
    }
  }
})

t.test('a wheel that is not there, and a file that is in the way', async t => {
  const { wheel, into } = scratch(t, zip([text('x', 'xyz')]))
  await t.rejects(takeFromWheel(`${wheel}x`, { x: 'x' }, into), { code: 'ENOENT' })
  writeFileSync(join(into, 'x'), 'mine')
  await t.rejects(takeFromWheel(wheel, { x: 'x' }, into), { code: 'EEXIST' })
  t.equal(readFileSync(join(into, 'x'), 'utf8'), 'mine')
})
