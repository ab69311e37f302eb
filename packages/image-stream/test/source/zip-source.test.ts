import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { decodeImage, imageRecords, listPeople, MAX_NAME_BYTES, openImageSource } from '../../src/index.js'
import { opencvImage } from '../codec/opencv-images.js'
import { scratch } from '../scratch.js'
import { zipArchive } from '../zip-archive.js'

const { image } = opencvImage('progressive JPEG')

/** Python 3.11's zipfile: a folder, a file deflated and one stored, and what macOS adds. */
const PYTHON =
  'UEsDBBQAAAAAAAAAIVAAAAAAAAAAAAAAAAAGAAAAZmFjZXMvUEsDBBQAAAgIAAAAIVCIBfThDgAAAA8AAAASAAAAZmFjZXMvWm/DqyBLLzEuUEdNCzBVMAJBU1MuRiZmFgBQSwMEFAAAAAAAAAAhUCyzRQQPAAAADwAAAA8AAABmYWNlcy9Bbm4vMS5wZ21QNSAyIDIgMjU1CgUGBwhQSwMEFAAAAAAAAAAhUAAAAAAAAAAAAAAAABoAAABfX01BQ09TWC9mYWNlcy9Bbm4vLl8xLnBnbVBLAQIUAxQAAAAAAAAAIVAAAAAAAAAAAAAAAAAGAAAAAAAAAAAAAACAAQAAAABmYWNlcy9QSwECFAMUAAAICAAAACFQiAX04Q4AAAAPAAAAEgAAAAAAAAAAAAAAgAEkAAAAZmFjZXMvWm/DqyBLLzEuUEdNUEsBAhQDFAAAAAAAAAAhUCyzRQQPAAAADwAAAA8AAAAAAAAAAAAAAIABYgAAAGZhY2VzL0Fubi8xLnBnbVBLAQIUAxQAAAAAAAAAIVAAAAAAAAAAAAAAAAAaAAAAAAAAAAAAAACAAZ4AAABfX01BQ09TWC9mYWNlcy9Bbm4vLl8xLnBnbVBLBQYAAAAABAAEAPkAAADWAAAAAAA='

function written(t: Test, archive: Uint8Array): string {
  const file = join(scratch(t), 'faces.zip')
  writeFileSync(file, archive)
  return file
}

async function recordsOf(file: string, skipDamaged?: (error: Error) => void) {
  const source = await openImageSource(file)
  const records = []
  try {
    for await (const record of imageRecords(source, listPeople(source).images, { skipDamaged })) records.push(record)
  } finally {
    source.close()
  }
  return records
}

test("an archive of Python's is read as its folder would be", async t => {
  const records = await recordsOf(written(t, Buffer.from(PYTHON, 'base64')))
  t.strictSame(
    records.map(({ id, label }) => [id, label]),
    [
      ['Ann/1.pgm', 0],
      ['Zoë K/1.PGM', 1],
    ],
  )
  const grey = await Promise.all(
    records.map(async ({ image }) => (await decodeImage(image)).pixels.filter((_, i) => i % 3 === 0)),
  )
  t.strictSame(
    grey.map(pixels => [...pixels]),
    [
      [5, 6, 7, 8],
      [1, 2, 3, 4],
    ],
  )
})

test('the folder round all people is left away, and a single person is none', async t => {
  for (const [paths, ids] of [
    [
      ['Ann/1.jpg', 'Ann/2.jpg'],
      ['Ann/1.jpg', 'Ann/2.jpg'],
    ],
    [
      ['a/b/Ann/1.jpg', 'a/b/Ann/2.jpg', 'a/README'],
      ['Ann/1.jpg', 'Ann/2.jpg'],
    ],
    [
      ['a/Ann/1.jpg', 'a/Bob/2.jpg'],
      ['Ann/1.jpg', 'Bob/2.jpg'],
    ],
  ] as const) {
    const records = await recordsOf(written(t, zipArchive(Object.fromEntries(paths.map(path => [path, image])))))
    t.strictSame(
      records.map(({ id }) => id),
      ids,
    )
  }
})

test('no image outside the folder round the others is hidden, whatever its format', async t => {
  const nested = (folder: string) => new RegExp(`/${folder}: holds 1 image; images are read from DIR/PERSON`)
  for (const [paths, anyFormat, ids, problems] of [
    [
      ['faces/Ann/1.png', 'faces/Bob/1.webp', 'other/Cid/1.webp'],
      true,
      [],
      [nested('faces/Ann'), nested('faces/Bob'), nested('other/Cid')],
    ],
    [['faces/Ann/1.png', 'faces2/Bob/1.bmp'], false, [], [nested('faces/Ann'), nested('faces2/Bob')]],
    [
      ['faces/Ann/1.png', 'faces/Bob/1.bmp'],
      false,
      ['Ann/1.png'],
      [/found 1 BMP image, the first of them Bob\/1\.bmp/],
    ],
    [['faces/P/1.webp', '__MACOSX/faces/P/1.webp', 'x/.hidden/1.gif'], true, ['P/1.webp'], []],
  ] as const) {
    const source = await openImageSource(written(t, zipArchive(Object.fromEntries(paths.map(path => [path, image])))))
    const listing = listPeople(source, { anyFormat })
    source.close()
    t.strictSame(
      listing.images.map(({ path }) => path),
      ids,
    )
    t.equal(listing.problems.length, problems.length)
    t.match(
      listing.problems.map(({ error }) => error.message),
      problems,
    )
  }
})

test('names are short enough for every system, and as deep as that allows', async t => {
  const deep = 'a/'.repeat(MAX_NAME_BYTES / 2 - 5)
  const whole = written(t, zipArchive({ [`${deep}Ann/1.jpg`]: image, [`${deep}Bob/1.jpg`]: image }))
  const records = await recordsOf(whole)
  t.strictSame(
    records.map(({ id }) => id),
    ['Ann/1.jpg', 'Bob/1.jpg'],
  )
  const longer = written(t, zipArchive({ [`${deep}Anna/1.jpg`]: image, [`${deep}Anna/10.jpg`]: image }))
  const message = `${longer}: expected names of at most 4096 bytes, found 4097: "${'a/'.repeat(20)}…"`
  await t.rejects(recordsOf(longer), { name: 'DataError', message })
})

test('a damaged file in an archive is named, and left out where that is asked for', async t => {
  const noise = Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * i * 7919) >> 3))
  const archive = zipArchive({ 'Ann/1.jpg': image, 'Ann/2.jpg': noise, 'Ann/3.jpg': image })
  archive[archive.indexOf('Ann/2.jpg') + 1000]! ^= 4
  const file = written(t, archive)
  await t.rejects(recordsOf(file), {
    name: 'DataError',
    file: `${file}/Ann/2.jpg`,
    expected: 'a whole file in the archive',
  })
  const said: string[] = []
  const records = await recordsOf(file, error => said.push(error.message))
  t.strictSame(
    records.map(({ id }) => id),
    ['Ann/1.jpg', 'Ann/3.jpg'],
  )
  t.match(said, [/Ann\/2\.jpg: expected a whole file in the archive, found /])
})

test('a wrong checksum and an encrypted file', async t => {
  const archive = zipArchive({ 'Ann/1.jpg': image, 'Bob/1.jpg': image })
  const directory = archive.indexOf('PK\x01\x02', 0, 'latin1')
  archive[directory + 16]! ^= 1
  const file = written(t, archive)
  await t.rejects(recordsOf(file), { name: 'DataError', file: `${file}/Ann/1.jpg`, found: 'one with another checksum' })
  archive[directory + 8]! |= 1
  const source = await openImageSource(written(t, archive))
  t.match(
    listPeople(source).problems[0]?.error.message,
    /faces\.zip\/Ann\/1\.jpg: expected an image, found an encrypted file$/,
  )
  source.close()
})

test('every truncation is an error that says what the file is', async t => {
  const archive = zipArchive({ 'Ann/1.jpg': 'abc' })
  for (let length = 0; length < archive.length; length++) {
    const found = length < 4 ? /an empty file|a text|no archive/ : /^a zip archive that is damaged or cut short$/
    await t.rejects(openImageSource(written(t, archive.subarray(0, length))), { name: 'DataError', found })
  }
  const html = written(t, Buffer.from('<!doctype html><p>404'))
  await t.rejects(openImageSource(html), { message: `${html}: expected a folder or a zip archive, found an HTML page` })
})
