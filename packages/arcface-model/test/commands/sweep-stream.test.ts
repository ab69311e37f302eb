import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type DataMap, encodeRecords, tensorOf } from '@tiny-face/record-stream'
import t from 'tap'
import { testPixels, tinyEmbedder } from '../tiny-embedder.js'

const COMMAND = fileURLToPath(new URL('../../src/commands/arcface-embed.ts', import.meta.url))
const SIZE = 4
const model = join(t.testdir({}), 'model.onnx')
writeFileSync(model, tinyEmbedder(['batch', 3, SIZE, SIZE]))

async function sweep(records: DataMap[], ...args: string[]) {
  const chunks: Uint8Array[] = []
  for await (const chunk of encodeRecords(records, { count: records.length, source: 'faces.bin' })) chunks.push(chunk)
  const input = Buffer.concat(chunks)
  const command = ['--import=tsx', COMMAND, '--quiet', '--sweep', '--model', model, ...args]
  return spawnSync(process.execPath, command, { input, encoding: 'utf8' })
}

t.test('--sweep says which preprocessing suits pairs best, and says at once what is wrong with them', async t => {
  // Twenty pairs of which red is the same where the person is; blue and green are whatever.
  const faces: DataMap[] = Array.from({ length: 40 }, (_, i) => {
    const [index, side] = [i >> 1, (i & 1) as 0 | 1]
    const same = index % 2 === 0
    const pixels = testPixels(SIZE, SIZE, i + 1)
    const person = testPixels(SIZE, SIZE, same ? 1000 + index : 2000 + 7 * i)
    for (let at = 0; at < pixels.length; at += 3) pixels[at] = person[(5 * at) % person.length]! > 127 ? 140 : 115
    return { id: i, pixels: tensorOf(pixels, [SIZE, SIZE, 3]), pair: { index, side, same } }
  })
  const { status, stdout, stderr } = await sweep(faces)
  t.strictSame([status, stderr], [0, ''])
  t.match(stdout, /^model\.onnx was made for (rgb|bgr) mean=\S+ std=\S+, .*, 4x4\.\nThat is --preprocess \S+/)
  t.match(stdout, /^accuracy +order +scaling +crop +size +mirror +against the best$/m)
  t.equal(stdout.match(/^[01]\.\d{4} +± /gm)!.length, 2 * 5 + 1 + 3)
  t.match(stdout, /^20 pairs, 10 of one person;/m)

  const wrong: [records: DataMap[], args: string[], status: number, message: RegExp][] = [
    [faces.slice(0, -1), [], 1, /faces\.bin: record 38 \(id 38\): pair 19 has side 0 but no side 1\n$/],
    [faces.slice(0, 10), [], 1, /expected at least 10 pairs/],
    [[{ pair: { index: 0, side: 0, same: true } }], [], 1, /record 0: expected a record with an image/],
    [faces, ['--flip'], 2, /--sweep tries mirror images itself/],
    [faces, ['--preprocess', 'mxnet'], 2, /--sweep finds order, mean and std/],
  ]
  for (const [records, args, expected, message] of wrong) {
    const { status, stderr, stdout } = await sweep(records, ...args)
    t.match(stderr, message)
    t.strictSame([status, stdout.length], [expected, 0])
  }
})
