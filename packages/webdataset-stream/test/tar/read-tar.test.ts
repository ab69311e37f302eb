import { DataError } from '@tiny-face/safe-files'
import fc from 'fast-check'
import t from 'tap'
import { MAX_MEMBER_BYTES, MAX_NAME_BYTES, MAX_PAX_BYTES, readTar } from '../../src/index.js'
import { memberOf, patched, pieces, pythonTars, runs, tarOf } from '../fixtures.js'

function filesOf(archive: Uint8Array, size = archive.length): [string, string][] {
  return Array.from(readTar(pieces(archive, size), 'x.tar'), member => [member.name, member.read().toString('hex')])
}

/** The names alone: the data is passed over. */
function namesOf(archive: Uint8Array, size = archive.length): string[] {
  return Array.from(readTar(pieces(archive, size), 'x.tar'), ({ name }) => name)
}

const end = Buffer.alloc(1024)

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
  const large = Buffer.concat([patched(memberOf('a.jpg', Buffer.alloc(0)), 124, size(MAX_MEMBER_BYTES + 1)), end])
  t.throws(() => filesOf(large), { name: 'DataError', expected: `a member of at most ${MAX_MEMBER_BYTES} bytes` })
  const most = Buffer.concat([patched(memberOf('a.jpg', Buffer.alloc(0)), 124, size(MAX_MEMBER_BYTES)), end])
  t.throws(() => filesOf(most), {
    name: 'DataError',
    expected: `${MAX_MEMBER_BYTES} bytes of "a.jpg"`,
    found: /after 1024 bytes/,
  })
  const typed = (type: string, bytes: number) =>
    patched(patched(memberOf('x', Buffer.alloc(0)), 156, type), 124, size(bytes))
  for (const type of ['L', 'K']) {
    t.throws(() => filesOf(typed(type, MAX_NAME_BYTES + 1)), {
      name: 'DataError',
      expected: `a name of at most ${MAX_NAME_BYTES} bytes`,
    })
    t.throws(() => filesOf(typed(type, MAX_NAME_BYTES)), { name: 'DataError', found: 'the end of the file' })
  }
  for (const type of ['x', 'g', 'X']) {
    t.throws(() => filesOf(typed(type, MAX_PAX_BYTES + 1)), {
      name: 'DataError',
      expected: `pax fields of at most ${MAX_PAX_BYTES} bytes`,
    })
    t.throws(() => filesOf(typed(type, MAX_PAX_BYTES)), { name: 'DataError', found: 'the end of the file' })
  }
  const path = 'n'.repeat(MAX_NAME_BYTES + 1)
  t.throws(() => filesOf(pax(`path=${path}`)), {
    name: 'DataError',
    expected: `a name of at most ${MAX_NAME_BYTES} bytes`,
  })
  t.same(filesOf(pax(`path=${path.slice(1)}`)).length, 1)
  t.end()
})

/** An archive of one file behind pax fields. */
function pax(...fields: string[]): Buffer {
  const lines = fields.map(field => {
    const length = Buffer.byteLength(field) + 2
    const digits = [1, 2, 3, 4, 5].find(digits => String(length + digits).length === digits)!
    return `${length + digits} ${field}\n`
  })
  return paxText(lines.join(''))
}

function paxText(text: string): Buffer {
  return Buffer.concat([
    patched(memberOf('x', Buffer.from(text)), 156, 'x'),
    memberOf('a.jpg', Buffer.from('abc')),
    end,
  ])
}

t.test('pax fields: the name, the size; what is no field, or a sparse file, is told', t => {
  t.same(filesOf(pax('comment=a\nb=c', 'path=b.jpg', 'mtime=1.5')), [['b.jpg', '616263']])
  t.same(filesOf(pax('size=2'))[0], ['a.jpg', '6162'])
  for (const [archive, expected] of [
    [pax('size=-2'), 'a number as pax field size'],
    [pax('size=99999999999999999999'), 'a number as pax field size'],
    [pax('GNU.sparse.major=1'), 'a file with all its bytes'],
    [paxText('20 path=b.jpg\n'), 'a pax field LENGTH KEY=VALUE'],
    [paxText('5 path=b.jpg\n'), 'a pax field LENGTH KEY=VALUE'],
    [paxText('0 path=b.jpg\n'), 'a pax field LENGTH KEY=VALUE'],
    [paxText('path=b.jpg\n'), 'a pax field LENGTH KEY=VALUE'],
    [paxText('9 abcdef\n'), 'a pax field LENGTH KEY=VALUE'],
  ] as const) {
    t.throws(() => filesOf(archive), { name: 'DataError', expected })
  }
  t.throws(() => filesOf(patched(tarOf({ 'a.jpg': '' }), 156, 'S')), {
    name: 'DataError',
    expected: 'a file with all its bytes',
  })
  t.end()
})

t.test('fields hold for the next member alone, or for all', t => {
  const next = patched(memberOf('x', Buffer.from('12 path=b.x\n')), 156, 'x')
  const all = patched(memberOf('x', Buffer.from('12 path=b.x\n')), 156, 'g')
  const none = patched(memberOf('x', Buffer.from('8 path=\n')), 156, 'g')
  const [first, second] = [memberOf('1.jpg', Buffer.from('1')), memberOf('2.jpg', Buffer.from('2'))]
  t.same(namesOf(Buffer.concat([next, first, second, end])), ['b.x', '2.jpg'])
  t.same(namesOf(Buffer.concat([all, first, none, second, end])), ['b.x', '2.jpg'])
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
      t.throws(() => filesOf(Buffer.concat([patched(member, 124, text), end])), { name: 'DataError', offset: 512 })
    else t.same(filesOf(Buffer.concat([patched(member, 124, text), end])), [['a.jpg', found]], JSON.stringify(text))
  }
  for (const text of [
    '0000000009\0',
    'x0000000003\0',
    '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff',
    '\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x03',
  ]) {
    t.throws(() => filesOf(Buffer.concat([patched(member, 124, text), end])), {
      name: 'DataError',
      expected: 'a tar header with the size in octal digits',
    })
  }
  const old = Buffer.concat([
    patched(patched(memberOf('folder/', Buffer.alloc(0)), 257, '\0\0\0\0\0\0\0\0'), 156, '\0'),
    end,
  ])
  t.same(namesOf(old), [], 'a folder of the format before ustar')
  const gnu = Buffer.concat([patched(patched(member, 257, 'ustar  \0'), 345, 'not a prefix'), end])
  t.same(namesOf(gnu), ['a.jpg'], 'what GNU has there is no prefix')
  t.same(namesOf(Buffer.concat([patched(member, 345, 'Ann'), end])), ['Ann/a.jpg'])
  const latin = ['\xe9.jpg', '\xe8.jpg'].map(name => patched(member, 0, name))
  t.same(namesOf(Buffer.concat([...latin, end])), ['é.jpg', 'è.jpg'], 'names that are no UTF-8 stay two')
  t.end()
})
