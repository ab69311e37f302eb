import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { decodeRecords } from '@tiny-face/record-stream'
import t from 'tap'
import { sharedData } from './shared-data.js'
import { feed, shell } from './shell.js'

const data = sharedData()

t.test('rec -> tfrecord -> rec keeps every image and label', { skip: data === undefined }, async t => {
  const original = join(data!, 'recordio/insightface_orl/train.rec')
  const cwd = t.testdir()
  const there = shell(
    `recordio-dump "${original}" 2>/dev/null | tfrecord-write --out shards --shards 3 --shuffle 1`,
    cwd,
  )
  t.same(there.stages, [0, 0], there.stderr)
  const back = shell('tfrecord-dump shards | recordio-write back.rec', cwd)
  t.same(back.stages, [0, 0], back.stderr)

  const before = await images(original, cwd)
  const after = await images('back.rec', cwd)
  t.equal(before.length, 400)
  t.not(before.join(), after.join(), 'shuffled on the way')
  t.same(after.sort(), before.sort())
})

t.test('bin -> stream -> bin keeps every pair', { skip: data === undefined }, async t => {
  const original = join(data!, 'bin/insightface_small_lfw.bin')
  const cwd = t.testdir()
  const { stages, stderr } = shell(`bin-dump "${original}" | bin-write copy.bin`, cwd)
  t.same(stages, [0, 0], stderr)
  const before = await feed('bin-dump', [original], cwd, Buffer.of())
  const after = await feed('bin-dump', ['copy.bin'], cwd, Buffer.of())
  t.same(await sides(after.stdout), await sides(before.stdout))
})

async function images(file: string, cwd: string): Promise<string[]> {
  const found = []
  for await (const { label, image } of decodeRecords([
    (await feed('recordio-dump', [file], cwd, Buffer.of())).stdout,
  ])) {
    found.push(`${label} ${sha256(image!)}`)
  }
  return found
}

async function sides(stream: Uint8Array): Promise<string[]> {
  const found = []
  for await (const { pair, image } of decodeRecords([stream])) {
    found.push(`${pair!.index} ${pair!.side} ${pair!.same} ${sha256(image!)}`)
  }
  return found
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
