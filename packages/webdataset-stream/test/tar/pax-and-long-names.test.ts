import t from 'tap'
import { MAX_NAME_BYTES, MAX_PAX_BYTES } from '../../src/index.js'
import { memberOf, patched, tarOf } from '../fixtures.js'
import { filesOf, namesOf, ZEROS } from './files-of.js'

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
  t.same(namesOf(Buffer.concat([next, first, second, ZEROS])), ['b.x', '2.jpg'])
  t.same(namesOf(Buffer.concat([all, first, none, second, ZEROS])), ['b.x', '2.jpg'])
  t.end()
})

t.test('limits, before anything is held', t => {
  const size = (bytes: number) => `${bytes.toString(8).padStart(11, '0')}\0`
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
    ZEROS,
  ])
}
