import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { decodeRecords } from '@tiny-face/record-stream'
import { test } from 'tap'
import { opencvImage } from '../opencv-images.js'
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
  t.equal(stderr, `image-dump: ${folder}: ignored README and 1 more (no image of a person's)\n`)
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
  t.match(broken.stderr, /^image-dump: .*anna\/1\.jpg: expected a whole image, found [^\n]*VipsJpeg: [^\n]*\n$/)
  t.match(dump(`${folder}/none`), { status: 1, stderr: /none: no such file or directory\n$/ })
  t.match(dump(scratch(t)), { status: 1, stderr: /expected a folder per person, found none\n$/ })
  t.match(dump(), { status: 2 })
  t.match(dump(folder, '--size', '0'), { status: 2 })
  t.match(dump(folder, '--size', '5000'), { status: 2, stderr: /--size is at most 4096/ })
})
