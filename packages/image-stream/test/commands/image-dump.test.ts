import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeRecords } from '@tiny-face/record-stream'
import { writeRecordIO } from '@tiny-face/recordio-stream'
import sharp from 'sharp'
import { test } from 'tap'
import { opencvImage } from '../codec/opencv-images.js'
import { scratch } from '../scratch.js'
import { zipArchive } from '../zip-archive.js'

const bin = fileURLToPath(new URL('../../bin/image-dump.js', import.meta.url))
const { image } = opencvImage('grey JPEG')

function dump(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { timeout: 60_000 })
  return { status, stdout, stderr: stderr.toString() }
}

test('a folder becomes a labelled stream', async t => {
  const folder = scratch(t, {
    'bob/1.jpg': image,
    'anna/1.jpg': image,
    'anna/2.jpg': image,
    'anna/x.txt': '',
    README: '',
  })
  const { status, stdout, stderr } = dump(folder)
  t.equal(status, 0)
  const [ignored, summary] = stderr.split('\n')
  t.equal(ignored, `image-dump: passed over README and 1 more (no image of a person)`)
  t.match(summary, /^image-dump: 3 images, [\d.]+ (bytes|KB) in /)
  t.equal(dump(folder, '--quiet').stderr, '')
  const records = []
  for await (const record of decodeRecords([stdout])) records.push([record.id, record.label, record.image?.length])
  t.strictSame(records, [
    ['anna/1.jpg', 0, image.length],
    ['anna/2.jpg', 0, image.length],
    ['bob/1.jpg', 1, image.length],
  ])
  const head = stdout.subarray(0, 200).toString('latin1')
  t.ok(['count', 'classes', 'names', 'anna', 'bob', 'source'].every(word => head.includes(word)))
})

test('failures are one line and an exit code', async t => {
  const folder = scratch(t, { 'anna/1.jpg': image.subarray(0, 200) })
  const broken = dump(folder)
  t.equal(broken.status, 1)
  t.match(
    broken.stderr,
    /^image-dump: .*anna\/1\.jpg: expected a whole image, found a JPEG whose header is damaged or cut short\n$/,
  )
  t.match(dump(`${folder}/none`), { status: 1, stderr: /none: no such file or directory\n$/ })
  t.match(dump(scratch(t)), { status: 1, stderr: /expected a folder per person, found none\n$/ })
  t.match(dump(), { status: 2 })
  t.match(dump(folder, '--size', '0'), { status: 2 })
  t.match(dump(folder, '--size', '5000'), { status: 2, stderr: /--size 5000: expected at most 4096/ })
})

test('images that do not decode are left out and listed where that is asked for', async t => {
  const folder = scratch(t, {
    'anna/1.jpg': image,
    'anna/2.jpg': image.subarray(0, 200),
    'bob/1.png': 'no image',
    'bob/2.jpg': image,
    'bob/3.jpg': '',
  })
  const { status, stdout, stderr } = dump(folder, '--skip-damaged', '--threads', '2')
  t.equal(status, 0)
  const lines = stderr.split('\n')
  for (const [i, path] of ['anna/2.jpg', 'bob/1.png', 'bob/3.jpg'].entries()) {
    t.match(lines[i], `image-dump: left out ${folder}/${path}: expected a`)
  }
  t.equal(lines[3], 'image-dump: left out 3 of 5 images')
  const records = []
  for await (const { id, label } of decodeRecords([stdout])) records.push([id, label])
  t.strictSame(records, [
    ['anna/1.jpg', 0],
    ['bob/2.jpg', 1],
  ])
  t.notMatch(stdout.subarray(0, 60).toString('latin1'), 'count', 'how many come is not known ahead')
})

test('the pairs of a list', async t => {
  const folder = scratch(t, {
    'pairs.txt': '1\t1\nanna\t1\t2\nanna\t1\tbob\t1\n',
    'faces/anna/anna_0001.jpg': image,
    'faces/anna/anna_0002.jpg': image,
    'faces/bob/bob_0001.jpg': image,
  })
  const { status, stdout } = dump('--pairs', `${folder}/pairs.txt`, `${folder}/faces`)
  t.equal(status, 0)
  const records = []
  for await (const { id, pair } of decodeRecords([stdout])) records.push([id, pair])
  t.strictSame(records, [
    ['anna/anna_0001.jpg', { index: 0, side: 0, same: true }],
    ['anna/anna_0002.jpg', { index: 0, side: 1, same: true }],
    ['anna/anna_0001.jpg', { index: 1, side: 0, same: false }],
    ['bob/bob_0001.jpg', { index: 1, side: 1, same: false }],
  ])
})

test('all that stands in the way is listed in one run, and gone past where that is asked for', async t => {
  const webp = await sharp(image).webp().toBuffer()
  const folder = scratch(t, {
    'anna/1.jpg': image,
    'anna/s1/1.jpg': image,
    'bob/x.webp': webp,
    'carl/notes.txt': '',
    'dee/1.jpg': webp,
  })
  const refused = dump(folder)
  t.equal(refused.status, 1)
  t.equal(refused.stdout.length, 0)
  t.strictSame(refused.stderr.replaceAll(folder, 'DIR').split('\n'), [
    'image-dump: passed over carl/notes.txt (no image of a person)',
    'image-dump: DIR/carl: expected an image (.jpg, .jpeg, .png, .pgm), found none',
    'image-dump: DIR/anna/s1: holds 1 image; images are read from DIR/PERSON, and not from folders in it',
    'image-dump: DIR: expected JPEG, PNG and PGM images, found 1 WEBP image, the first of them bob/x.webp (with --size, or --undecoded for face-align, they are read)',
    'image-dump: DIR: 3 problems stand in the way; --skip-damaged goes on past each',
    '',
  ])
  const past = dump(folder, '--skip-damaged')
  t.equal(past.status, 0)
  t.match(
    past.stderr,
    /left out .*dee\/1\.jpg: expected a JPEG, PNG or PGM image, found WEBP\n.*left out 3 of 4 images\n/,
  )
  const ids = async (stdout: Uint8Array) => {
    const ids = []
    for await (const { id, label } of decodeRecords([stdout])) ids.push(`${id} ${label}`)
    return ids
  }
  t.strictSame(await ids(past.stdout), ['anna/1.jpg 0'])
  const sized = dump(folder, '--skip-damaged', '--size', '8')
  t.strictSame(await ids(sized.stdout), ['anna/1.jpg 0', 'bob/x.webp 1', 'dee/1.jpg 2'])
})

test('where nothing is left, there is no stream', async t => {
  const folder = scratch(t, { 'anna/1.jpg': image.subarray(0, 100) })
  const { status, stderr, stdout } = dump(folder, '--skip-damaged')
  t.equal(status, 1)
  t.match(stderr, /expected images that can be read, found none\n$/)
  t.notMatch(stdout.toString('latin1'), 'end')
})

test('a list, and an archive', async t => {
  const folder = scratch(t, {
    'photos.lst': '0\t5\ta/1.jpg\r\n1\t6\ta/2.jpg\r\n2\t7\ta/3.jpg\r\n',
    'photos/a/1.jpg': image,
    'photos/a/2.jpg': image.subarray(0, 100),
    'faces.zip': zipArchive({ 'faces/ann/1.jpg': image, 'faces/bob/1.jpg': image, '__MACOSX/faces/ann/._1.jpg': '' }),
  })
  const list = ['--list', `${folder}/photos.lst`, `${folder}/photos`]
  t.match(dump(...list), { status: 1, stderr: /photos\.lst:3: expected .*photos\/a\/3\.jpg, found no such file\n$/ })
  const listed = dump(...list, '--skip-damaged')
  t.match(listed, { status: 0, stderr: /left out .*a\/3\.jpg.*\n.*left out .*a\/2\.jpg.*\n.*left out 2 of 3 images\n/ })
  const zipped = dump(`${folder}/faces.zip`)
  const records = []
  for (const { stdout } of [listed, zipped]) {
    for await (const { id, label, image: bytes } of decodeRecords([stdout])) records.push([id, label, bytes!.length])
  }
  t.strictSame(records, [
    ['a/1.jpg', 5, image.length],
    ['ann/1.jpg', 0, image.length],
    ['bob/1.jpg', 1, image.length],
  ])
  t.match(dump(...list, '--pairs', 'x'), { status: 2, stderr: /--pairs and --list are two lists: give one\n$/ })
})

test('a RecordIO file in an archive comes as recordio-dump gives it', async t => {
  const folder = scratch(t)
  const records = [3, 1, 4].map((label, i) => ({ id: i + 1, label, image: Buffer.concat([image, Buffer.of(i)]) }))
  await writeRecordIO(join(folder, 'faces.rec'), records)
  const rec = readFileSync(join(folder, 'faces.rec'))
  writeFileSync(join(folder, 'faces.zip'), zipArchive({ 'faces/train.rec': rec, 'faces/property': '5,112,112' }))
  const { status, stdout } = dump(`${folder}/faces.zip`)
  t.equal(status, 0)
  const found = []
  for await (const { label, image } of decodeRecords([stdout])) found.push([label, Buffer.from(image!)])
  t.strictSame(
    found,
    records.map(({ label, image }) => [label, image]),
  )
  t.match(dump(`${folder}/faces.zip`, '--size', '8'), {
    status: 2,
    stderr: /faces\.zip\/train\.rec is a \.rec file, which none of these options goes with/,
  })
  writeFileSync(join(folder, 'cut.zip'), zipArchive({ 'train.rec': rec.subarray(0, rec.length - 20) }))
  t.match(dump(`${folder}/cut.zip`), { status: 1, stderr: /cut\.zip\/train\.rec: / })
})

test('of several RecordIO files in an archive one is named, in capitals or not', async t => {
  const folder = scratch(t)
  const rec: Record<string, Uint8Array> = {}
  for (const [label, name] of ['train.rec', 'VAL.REC'].entries()) {
    await writeRecordIO(join(folder, name), [{ id: 1, label: label + 5, image }])
    rec[`set/${name}`] = readFileSync(join(folder, name))
  }
  const zip = join(folder, 'faces.zip')
  writeFileSync(zip, zipArchive({ ...rec, 'set/VAL.IDX': '0\t0\n', '__MACOSX/set/._train.rec': '' }))
  const expected = `image-dump: ${zip}: expected`
  const example = `image-dump ${zip}/VAL.REC reads one of them`
  for (const [name, status, stderr] of [
    ['', 1, `${expected} one .rec file, found VAL.REC and train.rec; ${example}\n`],
    ['/no.rec', 1, `${expected} the .rec file no.rec, found VAL.REC and train.rec; ${example}\n`],
    ['/train.rec/x', 1, `${expected} the .rec file train.rec/x, found VAL.REC and train.rec; ${example}\n`],
  ] as const) {
    const { stdout, ...said } = dump(`${zip}${name}`)
    t.strictSame(said, { status, stderr })
    t.equal(stdout.length, 0)
  }
  const labels = []
  for (const name of ['train.rec', 'VAL.REC']) {
    for await (const { label, image } of decodeRecords([dump(`${zip}/${name}`).stdout]))
      labels.push([label, image?.length])
  }
  t.strictSame(labels, [
    [5, image.length],
    [6, image.length],
  ])
  const one = join(folder, 'one.zip')
  writeFileSync(one, zipArchive({ 'set/VAL.REC': rec['set/VAL.REC']!, 'set/Ann/1.jpg': image }))
  t.match(dump(one), { status: 0, stderr: /passed over Ann\/1\.jpg \(images beside .*one\.zip\/VAL\.REC\)\n/ })
  t.match(dump(`${one}/Ann/1.jpg`), {
    status: 1,
    stderr: /found VAL\.REC; image-dump .*one\.zip\/VAL\.REC reads it\n$/,
  })
  const many = join(folder, 'many.zip')
  writeFileSync(many, zipArchive(Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`${i}.rec`, '']))))
  t.match(dump(many).stderr, /found 0\.rec, 1\.rec, 2\.rec, 3\.rec, 4\.rec and 4 more; image-dump /)
  t.match(dump(`${folder}/train.rec/x.rec`), {
    status: 1,
    stderr: /train\.rec: expected .* zip archive, found a RecordIO file\n$/,
  })
  t.match(dump(`${folder}/none/x.rec`), { status: 1, stderr: /none\/x\.rec: no such file or directory\n$/ })
})

test('of a RecordIO file in an archive it is said what was left out, and one without an image is an error', async t => {
  const folder = scratch(t)
  const raw = (payload: string) => ({ payload: Buffer.from(payload, 'latin1'), recordio: { role: 'raw' as const } })
  const gif = raw(`${'\0'.repeat(24)}GIF89a${'\0'.repeat(40)}`)
  const three = raw(`\0\0\0\0\0\0\x40\x40${'\0'.repeat(16)}${Buffer.from(image).toString('latin1')}`)
  for (const [name, records] of [
    ['raw', [raw('abc'), gif]],
    ['mixed', [raw('abc'), three]],
  ] as const) {
    await writeRecordIO(join(folder, `${name}.rec`), records)
    const rec = readFileSync(join(folder, `${name}.rec`))
    writeFileSync(join(folder, `${name}.zip`), zipArchive({ 'set/a.rec': rec, 'set/sample/Ann/1.png': image }))
  }
  writeFileSync(join(folder, 'empty.zip'), zipArchive({ 'set/a.rec': '' }))
  const expected = 'expected at least one JPEG or PNG with a label, found none'
  for (const [name, found] of [
    ['raw', ' among 2 records (1 GIF)'],
    ['empty', ''],
  ]) {
    const { status, stdout, stderr } = dump(`${folder}/${name}.zip`)
    t.equal(status, 1)
    t.equal(stderr, `image-dump: ${folder}/${name}.zip/a.rec: ${expected}${found}\n`)
    t.notMatch(stdout.toString('latin1'), 'end')
  }
  const { status, stdout, stderr } = dump(`${folder}/mixed.zip`)
  t.equal(status, 0)
  const left = `${folder}/mixed.zip/a.rec: left out 1 record without a JPEG or PNG with a label`
  const passed = `passed over sample/Ann/1.png (images beside ${folder}/mixed.zip/a.rec)`
  t.ok(stderr.startsWith(`image-dump: ${left}\nimage-dump: ${passed}\n`), stderr)
  const found = []
  for await (const record of decodeRecords([stdout])) found.push({ ...record, image: record.image?.length })
  t.strictSame(found, [{ id: 1, label: 3, image: image.length }])
})

test('more threads than Node has', async t => {
  const folder = scratch(t, { 'anna/1.jpg': image })
  const more = /^image-dump: Node has 4 threads for this; UV_THREADPOOL_SIZE=9 gives it more\n$/
  t.match(dump(folder, '--threads', '9'), { status: 2, stderr: more })
  t.match(dump(folder, '--threads', '0'), { status: 2 })
})

test('photos of nobody in particular pass as they are, and are not decoded', async t => {
  const webp = await sharp(image).webp().toBuffer()
  // Cut short, which only who decodes it can know.
  const cut = image.subarray(0, 200)
  const pgm = Buffer.from('P5 2 1 255\n\x01\x02', 'latin1')
  const folder = scratch(t, { 'a.webp': webp, '2024/b.jpg': cut, 'c.pgm': pgm, 'notes.txt': '' })
  const { status, stdout, stderr } = dump('--flat', folder)
  t.equal(status, 0)
  t.match(stderr, /^image-dump: passed over notes\.txt \(no photo\)\nimage-dump: 3 images, /)
  const records = []
  for await (const { id, label, image } of decodeRecords([stdout])) records.push([id, label, Buffer.from(image!)])
  t.strictSame(records.slice(0, 2), [
    ['2024/b.jpg', undefined, Buffer.from(cut)],
    ['a.webp', undefined, webp],
  ])
  t.equal((records[2]![2] as Buffer).toString('latin1', 1, 4), 'PNG', 'a PGM becomes a PNG, as ever')
  t.notMatch(stdout.subarray(0, 100).toString('latin1'), /classes|names|label/)
  t.match(dump('--flat', '--size', '8', folder), { status: 1, stderr: /2024\/b\.jpg: expected a whole image/ })
  const people = scratch(t, { 'ann/1.webp': webp, 'ann/2.jpg': image, 'bob/b.jpg': cut })
  const named = dump('--undecoded', people)
  t.equal(named.status, 0)
  const labelled = []
  for await (const { id, label, image } of decodeRecords([named.stdout])) labelled.push([id, label, image!.length])
  t.strictSame(labelled, [
    ['ann/1.webp', 0, webp.length],
    ['ann/2.jpg', 0, image.length],
    ['bob/b.jpg', 1, cut.length],
  ])
  const other = scratch(t, { 'a.jpg': 'no photo', 'b.jpg': image })
  t.match(dump('--flat', other), { status: 1, stderr: /a\.jpg: expected a photo \(.*\), found 0x/ })
  t.match(dump('--flat', '--skip-damaged', other), { status: 0, stderr: /left out 1 of 2 images/ })
  t.match(dump('--undecoded', '--size', '8', folder), { status: 2, stderr: /--size decodes/ })
  t.match(dump('--flat', '--list', 'x', folder), { status: 2, stderr: /no list goes with it\n$/ })
  t.match(dump('--flat', scratch(t)), { status: 1, stderr: /expected photos, found none\n$/ })
})
