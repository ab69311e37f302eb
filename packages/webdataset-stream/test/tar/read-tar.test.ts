import { DataError } from '@tiny-face/safe-files'
import fc from 'fast-check'
import t from 'tap'
import { MAX_MEMBER_BYTES } from '../../src/index.js'
import { memberOf, patched, pythonTars, runs, tarOf } from '../fixtures.js'
import { filesOf, namesOf, ZEROS } from './files-of.js'

t.test("what Python's tarfile wrote, in pieces of any size", t => {
  for (const [name, { archive, files }] of pythonTars()) {
    for (const size of [1, 7, 511, 512, 513, 10_000, archive.length])
      t.same(filesOf(archive, size), files, `${name}: ${size}`)
    t.same(
      namesOf(archive),
      files.map(([name]) => name),
      `${name}, names alone`,
    )
  }
  t.end()
})

t.test('every truncation is an error that says where', t => {
  for (const [name, { archive }] of pythonTars()) {
    const whole = archive.findLastIndex(byte => byte !== 0) + 1
    // One of the two blocks of zeros may be missing: the archive is whole all the same.
    const least = 512 * Math.ceil(whole / 512) + 512
    for (let size = 0; size < least; size += size % 512 === 500 ? 1 : 4) {
      try {
        filesOf(archive.subarray(0, size))
        t.fail(`${name} cut at ${size}`)
      } catch (error) {
        if (!(error instanceof DataError) || error.found === undefined || (error.offset ?? 0) > size)
          t.fail(`${name} cut at ${size}: ${error}`)
      }
    }
    t.doesNotThrow(() => filesOf(archive.subarray(0, least)), name)
  }
  t.throws(() => filesOf(tarOf({ 'a.jpg': 'abc' }).subarray(0, 514)), {
    message: 'x.tar: byte 0: expected 3 bytes of "a.jpg", found the end of the file after 2 bytes',
  })
  t.throws(() => namesOf(tarOf({ 'a.jpg': 'abc' }).subarray(0, 514)), {
    message: /found the end of the file after 2 bytes$/,
  })
  t.throws(() => filesOf(tarOf({ 'a.jpg': 'abc' }).subarray(0, 1024)), {
    message:
      'x.tar: byte 1024: expected a tar header or the blocks of zeros that end an archive, found the end of the file',
  })
  t.end()
})

t.test('a flipped bit of a header is an error, or changes nothing that is read', t => {
  const [, { archive, files }] = pythonTars().find(([name]) => name === 'pax')!
  let caught = 0
  fc.assert(
    fc.property(fc.nat(8 * archive.length - 1), bit => {
      const damaged = Buffer.from(archive)
      damaged[bit >> 3]! ^= 1 << (bit & 7)
      try {
        const found = filesOf(damaged)
        // Data has no checksum in a tar file, and pax fields have none.
        return found.length >= files.length - 1
      } catch (error) {
        caught++
        return error instanceof DataError && error.offset !== undefined && !error.message.includes('\n')
      }
    }),
    { numRuns: runs(400) },
  )
  t.ok(caught > 0)
  const header = tarOf({ 'a.jpg': 'abc' })
  for (let bit = 0; bit < 8 * 512; bit++) {
    const damaged = Buffer.from(header)
    damaged[bit >> 3]! ^= 1 << (bit & 7)
    try {
      // The checksum may be written with spaces for zeros.
      const found = filesOf(damaged)
      if (bit >> 3 < 148 || bit >> 3 >= 156 || found[0]![1] !== '616263') t.fail(`bit ${bit}`)
    } catch (error) {
      if (!(error instanceof DataError)) t.fail(`bit ${bit}: ${error}`)
    }
  }
  t.end()
})

t.test('what follows the end, or is no archive at all, is told', t => {
  const archive = tarOf({ 'a.jpg': 'abc' })
  t.throws(() => filesOf(Buffer.concat([archive, archive])), {
    name: 'DataError',
    offset: archive.length,
    expected: 'nothing but zeros behind the end of the archive',
  })
  t.doesNotThrow(() => filesOf(Buffer.concat([archive, Buffer.alloc(12_345)])))
  for (const [bytes, found] of [
    ['', 'an empty file'],
    [`version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 9\n`, /^a Git LFS pointer/],
    ['<html><body>404</body></html>', 'an HTML page'],
    ['a,b,c\n'.repeat(200), 'a text'],
    [Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(600, 1)]), 'a zip archive'],
  ] as const) {
    t.throws(() => filesOf(Buffer.from(bytes as string)), {
      name: 'DataError',
      file: 'x.tar',
      expected: 'a tar archive',
      found,
    })
  }
  t.same(namesOf(tarOf({ 'PAR1.jpg': 'abc', BM0001: '' })), ['PAR1.jpg', 'BM0001'], 'names are no signatures')
  t.end()
})

t.test('limits, before anything is held', t => {
  const size = (bytes: number) => `${bytes.toString(8).padStart(11, '0')}\0`
  const large = Buffer.concat([patched(memberOf('a.jpg', Buffer.alloc(0)), 124, size(MAX_MEMBER_BYTES + 1)), ZEROS])
  t.throws(() => filesOf(large), { name: 'DataError', expected: `a member of at most ${MAX_MEMBER_BYTES} bytes` })
  const most = Buffer.concat([patched(memberOf('a.jpg', Buffer.alloc(0)), 124, size(MAX_MEMBER_BYTES)), ZEROS])
  t.throws(() => filesOf(most), {
    name: 'DataError',
    expected: `${MAX_MEMBER_BYTES} bytes of "a.jpg"`,
    found: /after 1024 bytes/,
  })
  t.end()
})

t.test('numbers and names at the edge', t => {
  const member = memberOf('a.jpg', Buffer.from('abc'))
  for (const [text, found] of [
    ['          3\0', '616263'],
    ['3          \0', '616263'],
    ['3\0garbage\0\0\0', '616263'],
    ['\0\0\0\0\0\0\0\0\0\0\0\0', undefined],
  ] as const) {
    // Of an empty size the data would be the next header.
    if (found === undefined)
      t.throws(() => filesOf(Buffer.concat([patched(member, 124, text), ZEROS])), { name: 'DataError', offset: 512 })
    else t.same(filesOf(Buffer.concat([patched(member, 124, text), ZEROS])), [['a.jpg', found]], JSON.stringify(text))
  }
  for (const text of [
    '0000000009\0',
    'x0000000003\0',
    '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff',
    '\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x03',
  ]) {
    t.throws(() => filesOf(Buffer.concat([patched(member, 124, text), ZEROS])), {
      name: 'DataError',
      expected: 'a tar header with the size in octal digits',
    })
  }
  const old = Buffer.concat([
    patched(patched(memberOf('folder/', Buffer.alloc(0)), 257, '\0\0\0\0\0\0\0\0'), 156, '\0'),
    ZEROS,
  ])
  t.same(namesOf(old), [], 'a folder of the format before ustar')
  const gnu = Buffer.concat([patched(patched(member, 257, 'ustar  \0'), 345, 'not a prefix'), ZEROS])
  t.same(namesOf(gnu), ['a.jpg'], 'what GNU has there is no prefix')
  t.same(namesOf(Buffer.concat([patched(member, 345, 'Ann'), ZEROS])), ['Ann/a.jpg'])
  const latin = ['\xe9.jpg', '\xe8.jpg'].map(name => patched(member, 0, name))
  t.same(namesOf(Buffer.concat([...latin, ZEROS])), ['é.jpg', 'è.jpg'], 'names that are no UTF-8 stay two')
  t.end()
})
