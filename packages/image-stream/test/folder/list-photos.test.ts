import { symlinkSync } from 'node:fs'
import { test } from 'tap'
import { listPhotos, openImageSource } from '../../src/index.js'
import { scratch } from '../scratch.js'
import { zipArchive } from '../zip-archive.js'

test('photos in a folder and in all folders below it', async t => {
  const folder = scratch(t, {
    'b.JPG': '',
    'a.webp': '',
    '2024/summer/c.tif': '',
    '2024/d.avif': '',
    '2024/notes.txt': '',
    'Thumbs.db': '',
  })
  const { people, images, problems, remarks } = listPhotos(await openImageSource(folder))
  t.equal(people, undefined)
  t.strictSame(images, [{ path: '2024/d.avif' }, { path: '2024/summer/c.tif' }, { path: 'a.webp' }, { path: 'b.JPG' }])
  t.strictSame(problems, [])
  t.strictSame(remarks, ['passed over 2024/notes.txt (no photo), and Thumbs.db (left behind by a system)'])
})

test('photos that are not read are one problem for each format', async t => {
  const folder = scratch(t, { 'a.jpg': '', 'b.heic': '', 'x/c.HEIC': '', 'd.bmp': '' })
  symlinkSync('nowhere', `${folder}/e.jpg`)
  const { images, problems } = listPhotos(await openImageSource(folder))
  t.strictSame(images, [{ path: 'a.jpg' }])
  t.strictSame(
    problems.map(({ error, images }) => [error.message.replace(folder, 'DIR'), images]),
    [
      ['DIR/e.jpg: expected an image, found a link that leads nowhere', 1],
      [
        'DIR: expected photos (JPEG, PNG, PGM, WEBP, GIF, TIFF, AVIF), found 2 HEIC images, the first of them b.heic (convert them to PNG)',
        2,
      ],
      [
        'DIR: expected photos (JPEG, PNG, PGM, WEBP, GIF, TIFF, AVIF), found 1 BMP image, the first of them d.bmp (convert them to PNG)',
        1,
      ],
    ],
  )
})

test('a folder without a photo, and an archive', async t => {
  const folder = scratch(t, { 'notes.txt': '', 'photos.zip': zipArchive({ 'trip/a/1.jpg': 'x', 'trip/2.png': 'x' }) })
  t.throws(() => listPhotos({ ...sourceOf([]), name: 'DIR' }), { message: 'DIR: expected photos, found none' })
  const { images } = listPhotos(await openImageSource(`${folder}/photos.zip`))
  t.strictSame(
    images.map(({ path }) => path),
    ['trip/2.png', 'trip/a/1.jpg'],
  )
})

function sourceOf(paths: string[]) {
  return {
    name: '',
    entries: () => paths.map(path => ({ path, kind: 'file' as const })),
    read: async () => new Uint8Array(),
    close: () => {},
  }
}
