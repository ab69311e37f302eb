import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { readImageFolder } from '../../src/index.js'
import { scratch } from '../scratch.js'

test('people and images are sorted as Python sorts them', async t => {
  const names = ['s1', 's10', 's2', 'Zoe', 'anna', 'Émile', '\u{1f600}', '\uff21']
  const files = names.flatMap(name => ['2.jpg', '10.JPEG', '1.png', 'a.pgm'].map(file => [`${name}/${file}`, '']))
  const { people, images, ignored } = readImageFolder(scratch(t, Object.fromEntries(files)))
  // sorted() in Python 3: by code point, so U+1F600 after U+FF21
  t.strictSame(people, ['Zoe', 'anna', 's1', 's10', 's2', 'Émile', '\uff21', '\u{1f600}'])
  t.strictSame(images.slice(4, 9), [
    { path: 'anna/1.png', label: 1 },
    { path: 'anna/10.JPEG', label: 1 },
    { path: 'anna/2.jpg', label: 1 },
    { path: 'anna/a.pgm', label: 1 },
    { path: 's1/1.png', label: 2 },
  ])
  t.equal(images.length, 32)
  t.strictSame(ignored, [])
})

test('what is no image of a person is named, hidden files are not', async t => {
  const folder = scratch(t, {
    README: '',
    'loose.jpg': '',
    '.DS_Store': '',
    '.git/x.jpg': '',
    'anna/1.jpg': '',
    'anna/notes.txt': '',
    'anna/.hidden.jpg': '',
    'anna/deeper/2.jpg': '',
    'anna/folder.jpg/2.jpg': '',
  })
  const { people, images, ignored } = readImageFolder(folder)
  t.strictSame(people, ['anna'])
  t.strictSame(images, [{ path: 'anna/1.jpg', label: 0 }])
  t.strictSame(ignored, ['README', 'anna/deeper', 'anna/folder.jpg', 'anna/notes.txt', 'loose.jpg'])
})

test('no person, and a person without an image', async t => {
  t.throws(() => readImageFolder(scratch(t)), {
    name: 'DataError',
    message: /: expected a folder per person, found none$/,
  })
  t.throws(() => readImageFolder(scratch(t, { 'loose.jpg': '' })), { name: 'DataError' })
  t.throws(() => readImageFolder(scratch(t, { 'anna/1.jpg': '', 'bob/x.gif': '' })), {
    name: 'DataError',
    message: /bob: expected an image \(\.jpg, \.jpeg, \.png, \.pgm\), found none$/,
  })
})

test('links are followed; one that leads nowhere is named', async t => {
  const folder = scratch(t, { 'faces/anna/1.jpg': '', 'other/x.png': '', 'one.jpg': '' })
  symlinkSync('../../one.jpg', join(folder, 'faces/anna/2.jpg'))
  symlinkSync('../other', join(folder, 'faces/bob'))
  symlinkSync('..', join(folder, 'faces/anna/loop.jpg'))
  const { images, ignored } = readImageFolder(join(folder, 'faces'))
  t.strictSame(
    images.map(({ path }) => path),
    ['anna/1.jpg', 'anna/2.jpg', 'bob/x.png'],
  )
  t.strictSame(ignored, ['anna/loop.jpg'])
  symlinkSync('nowhere', join(folder, 'faces/carl'))
  t.throws(() => readImageFolder(join(folder, 'faces')), { code: 'ENOENT', path: join(folder, 'faces/carl') })
  mkdirSync(join(folder, 'empty/anna'), { recursive: true })
  t.throws(() => readImageFolder(join(folder, 'empty')), { message: /anna: expected an image .*, found none$/ })
})
