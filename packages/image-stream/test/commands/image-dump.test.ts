import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { decodeRecords } from '@tiny-face/record-stream'
import { test } from 'tap'
import { opencvImage } from '../codec/opencv-images.js'
import { scratch } from '../scratch.js'

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
  t.equal(ignored, `image-dump: ${folder}: ignored README and 1 more (no image of a person's)`)
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
  t.match(broken.stderr, /^image-dump: .*anna\/1\.jpg: expected a whole image, found one that does not decode\n$/)
  t.match(dump(`${folder}/none`), { status: 1, stderr: /none: no such file or directory\n$/ })
  t.match(dump(scratch(t)), { status: 1, stderr: /expected a folder per person, found none\n$/ })
  t.match(dump(), { status: 2 })
  t.match(dump(folder, '--size', '0'), { status: 2 })
  t.match(dump(folder, '--size', '5000'), { status: 2, stderr: /--size is at most 4096/ })
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
  t.equal(lines[3], 'image-dump: left out 3 of 5 images that do not decode')
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

test('more threads than Node has', async t => {
  const folder = scratch(t, { 'anna/1.jpg': image })
  const more = /^image-dump: Node has 4 threads for this; UV_THREADPOOL_SIZE=9 gives it more\n$/
  t.match(dump(folder, '--threads', '9'), { status: 2, stderr: more })
  t.match(dump(folder, '--threads', '0'), { status: 2 })
})
