import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { listPeople, openImageSource } from '../../src/index.js'
import { scratch } from '../scratch.js'
import { zipArchive } from '../zip-archive.js'

/** The user id of `nobody`. */
const NOBODY = 65534

async function listed(path: string, options = {}) {
  const source = await openImageSource(path)
  const { people, images, problems, remarks } = listPeople(source, options)
  source.close()
  return { people, images, remarks, problems: problems.map(({ error }) => error.message.replaceAll(path, 'DIR')) }
}

test('people and images are sorted as Python sorts them, in a folder and in an archive', async t => {
  const names = ['s1', 's10', 's2', 'Zoe', 'anna', 'Émile', '\u{1f600}', '\uff21', 's', 's-1']
  const paths = names.flatMap(name => ['2.jpg', '10.JPEG', '1.png', 'a.pgm'].map(file => `${name}/${file}`))
  const files = Object.fromEntries(paths.map(path => [path, '']))
  const zipped = join(scratch(t), 'faces.zip')
  writeFileSync(zipped, zipArchive(files))
  for (const source of [scratch(t, files), zipped]) {
    const { people, images, problems, remarks } = await listed(source)
    // sorted() in Python 3: by code point, so U+1F600 after U+FF21
    t.strictSame(people, ['Zoe', 'anna', 's', 's-1', 's1', 's10', 's2', 'Émile', '\uff21', '\u{1f600}'])
    t.strictSame(images.slice(4, 9), [
      { path: 'anna/1.png', label: 1 },
      { path: 'anna/10.JPEG', label: 1 },
      { path: 'anna/2.jpg', label: 1 },
      { path: 'anna/a.pgm', label: 1 },
      { path: 's/1.png', label: 2 },
    ])
    t.equal(images.length, 40)
    t.strictSame([problems, remarks], [[], []])
  }
})

test('what is no image of a person and what systems leave behind is passed over with one remark', async t => {
  const folder = scratch(t, {
    README: '',
    'loose.jpg': '',
    '.DS_Store': '',
    '.git/x.jpg': '',
    '__MACOSX/anna/._1.jpg': '',
    'anna/1.jpg': '',
    'anna/notes.txt': '',
    'anna/.hidden.jpg': '',
    'anna/THUMBS.DB': '',
    'anna/landmarks/1.txt': '',
    'desktop.ini': '',
  })
  mkdirSync(join(folder, '@eaDir'))
  const { people, images, problems, remarks } = await listed(folder)
  t.strictSame(people, ['anna'])
  t.strictSame(images, [{ path: 'anna/1.jpg', label: 0 }])
  t.strictSame(problems, [])
  t.strictSame(remarks, [
    'passed over README and 3 more (no image of a person), and .DS_Store and 6 more (left behind by a system)',
  ])
})

test('all that stands in the way is told at once, and labels count those people who have images', async t => {
  const folder = scratch(t, {
    'ann/1.jpg': '',
    'ann/s1/1.jpg': '',
    'ann/s1/2.png': '',
    'bob/x.txt': '',
    'dee/1.jpg': '',
    'dee/2.webp': '',
    'dee/3.BMP': '',
    'dee/4.heic': '',
    'eve/1.webp': '',
    'eve/2.tif': '',
    'zoe/1.jpg': '',
  })
  mkdirSync(join(folder, 'carl'))
  symlinkSync('nowhere', join(folder, 'gus'))
  symlinkSync('nowhere', join(folder, 'zoe/2.jpg'))
  const raw = Buffer.concat([Buffer.from(`${folder}/zoe/`), Buffer.from([0x66, 0xff, 0x1b]), Buffer.from('.jpg')])
  writeFileSync(raw, '')
  const { people, images, problems } = await listed(folder)
  t.strictSame(people, ['ann', 'dee', 'zoe'])
  t.strictSame(
    images.map(({ path, label }) => `${path} ${label}`),
    ['ann/1.jpg 0', 'dee/1.jpg 1', 'zoe/1.jpg 2'],
  )
  t.strictSame(problems, [
    'DIR/bob: expected an image (.jpg, .jpeg, .png, .pgm), found none',
    'DIR/carl: expected an image (.jpg, .jpeg, .png, .pgm), found none',
    'DIR/gus: expected an image, found a link that leads nowhere',
    'DIR/zoe/2.jpg: expected an image, found a link that leads nowhere',
    'DIR/zoe/f\\xff\\x1b.jpg: expected an image, found a name that is no UTF-8',
    'DIR/ann/s1: holds 2 images; images are read from DIR/PERSON, and not from folders in it',
    'DIR: expected JPEG, PNG and PGM images, found 2 WEBP images, the first of them dee/2.webp (with --size, or --undecoded for face-align, they are read)',
    'DIR: expected JPEG, PNG and PGM images, found 1 BMP image, the first of them dee/3.BMP (convert them to PNG)',
    'DIR: expected JPEG, PNG and PGM images, found 1 HEIC image, the first of them dee/4.heic (convert them to PNG)',
    'DIR: expected JPEG, PNG and PGM images, found 1 TIFF image, the first of them eve/2.tif (with --size, or --undecoded for face-align, they are read)',
  ])
  const resized = await listed(folder, { anyFormat: true })
  t.strictSame(resized.people, ['ann', 'dee', 'eve', 'zoe'])
  t.strictSame(
    resized.images.map(({ path, label }) => `${path} ${label}`),
    ['ann/1.jpg 0', 'dee/1.jpg 1', 'dee/2.webp 1', 'eve/1.webp 2', 'eve/2.tif 2', 'zoe/1.jpg 3'],
  )
  t.equal(resized.problems.length, 8)
  t.strictSame(resized.problems.slice(0, 1), [
    'DIR/bob: expected an image (JPEG, PNG, PGM, WEBP, GIF, TIFF, AVIF), found none',
  ])
  t.strictSame(resized.problems.slice(-1), [
    'DIR: expected photos (JPEG, PNG, PGM, WEBP, GIF, TIFF, AVIF), found 1 HEIC image, the first of them dee/4.heic (convert them to PNG)',
  ])
})

test('no person at all is an error', async t => {
  const message = /: expected a folder per person, found none$/
  await t.rejects(listed(scratch(t)), { name: 'DataError', message })
  await t.rejects(listed(scratch(t, { 'loose.txt': '' })), { name: 'DataError', message })
  await t.rejects(listed(scratch(t, { '1.jpg': '', '2.heic': '', 'notes.txt': '' })), {
    message: /found 2 images in no folder \(--flat takes images of nobody in particular\)$/,
  })
})

test('a folder that may not be read is a problem like others', { skip: process.platform === 'win32' }, async t => {
  const folder = scratch(t, { 'ann/1.jpg': '', 'bob/1.jpg': '', 'dee/old/1.jpg': '' })
  const closed = [join(folder, 'bob'), join(folder, 'dee/old')]
  chmodSync(folder, 0o755)
  for (const path of closed) chmodSync(path, 0)
  const isRoot = process.geteuid!() === 0
  // Root reads what nobody may.
  if (isRoot) process.seteuid!(NOBODY)
  const { images, problems } = await listed(folder).finally(() => {
    if (isRoot) process.seteuid!(0)
    for (const path of closed) chmodSync(path, 0o700)
  })
  t.strictSame(images, [{ path: 'ann/1.jpg', label: 0 }])
  t.strictSame(problems, [
    'DIR/bob: expected a folder that can be read, found permission denied',
    'DIR/dee/old: expected a folder that can be read, found permission denied',
  ])
})

test('links are followed to files, and to folders of people', async t => {
  const folder = scratch(t, { 'faces/anna/1.jpg': '', 'other/x.png': '', 'one.jpg': '' })
  symlinkSync('../../one.jpg', join(folder, 'faces/anna/2.jpg'))
  symlinkSync('../other', join(folder, 'faces/bob'))
  symlinkSync('..', join(folder, 'faces/anna/loop.jpg'))
  const { images, remarks } = await listed(join(folder, 'faces'))
  t.strictSame(
    images.map(({ path }) => path),
    ['anna/1.jpg', 'anna/2.jpg', 'bob/x.png'],
  )
  t.strictSame(remarks, ['passed over anna/loop.jpg (no image of a person)'])
})

test('a pipe or a device is told of, and not waited for', { skip: process.platform === 'win32' }, async t => {
  const folder = scratch(t, { 'ann/1.jpg': '' })
  execFileSync('mkfifo', [join(folder, 'ann/2.jpg')])
  symlinkSync('2.jpg', join(folder, 'ann/3.jpg'))
  symlinkSync('/dev/null', join(folder, 'ann/4.jpg'))
  const { images, problems } = await listed(folder)
  t.strictSame(images, [{ path: 'ann/1.jpg', label: 0 }])
  t.strictSame(
    problems,
    [2, 3, 4].map(i => `DIR/ann/${i}.jpg: expected an image, found no regular file`),
  )
  const source = await openImageSource(folder)
  await t.rejects(source.read('ann/4.jpg'), {
    name: 'DataError',
    message: `${folder}/ann/4.jpg: expected an image, found no regular file`,
  })
})
