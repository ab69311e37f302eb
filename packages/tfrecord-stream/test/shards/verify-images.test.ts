import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DataMap } from '@tiny-face/record-stream'
import sharp from 'sharp'
import t from 'tap'
import { writeShards } from '../../src/index.js'
import { verifyImages } from '../../src/shards/verify-images.js'

// Noise, so that the scan is long.
const pixels = Buffer.from(Array.from({ length: 48 * 48 * 3 }, (_, i) => (i * i * 31) % 251))
const image = sharp(pixels, { raw: { width: 48, height: 48, channels: 3 } })
const jpeg = await image.clone().jpeg({ quality: 90 }).toBuffer()
const png = await image.clone().png().toBuffer()
const cut = jpeg.subarray(0, jpeg.length - 300)
const zeroed = Buffer.from(jpeg)
zeroed.fill(0, jpeg.length - 600, jpeg.length - 400)

/** @returns the folder of shards */
function written(folder: string, images: Uint8Array[]): string {
  const records = images.map((bytes, id): DataMap => ({ id, label: id, image: bytes }))
  writeShards(records, { folder, shards: 1, begin: {} })
  return folder
}

t.test('images that were damaged before they were written are told, each by its record', async t => {
  const folder = written(join(t.testdir(), 'set'), [jpeg, png, cut, jpeg, zeroed, png])
  let bytes = 0
  const problems = []
  for await (const { message } of verifyImages(folder, { onImage: size => (bytes += size) })) problems.push(message)
  t.equal(problems.length, 2)
  t.match(problems[0], new RegExp(`^${folder}: id 2: expected a whole image, found `))
  t.match(problems[1], new RegExp(`^${folder}: id 4: expected a whole image, found `))
  t.equal(bytes, 2 * jpeg.length + 2 * png.length + cut.length + zeroed.length)
})

t.test('tfrecord-verify decodes images when asked to', async t => {
  const root = t.testdir()
  const bad = written(join(root, 'bad'), [jpeg, cut])
  const good = written(join(root, 'good'), [jpeg, png])
  const verify = (...args: string[]) => {
    const bin = fileURLToPath(new URL('../../bin/tfrecord-verify.js', import.meta.url))
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, '--quiet', ...args], { encoding: 'utf8' })
    return { status, stdout, stderr }
  }
  t.same(verify(bad), { status: 0, stdout: '', stderr: '' }, 'the bytes are as they were written')
  t.same(verify('--images', good), { status: 0, stdout: '', stderr: '' })
  const found = verify('--images', bad, good)
  t.match(found.stdout, /^\S+bad: id 1: expected a whole image, found .*\n$/)
  t.same([found.status, found.stderr], [1, 'tfrecord-verify: 1 problem found\n'])
})
