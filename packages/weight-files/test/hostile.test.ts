import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import {
  archive,
  array,
  arrayList,
  dictOf,
  FLOATS,
  onnx,
  onnxTensor,
  safetensors,
  stream,
  tensor,
} from './build-files.js'
import { outcome } from './fixture.js'
import { HOSTILE_CASES } from './hostile-cases.js'

/** What all of them together may add to the memory of the process. */
const MOST_MEMORY = 300 * 2 ** 20

t.test('files that are put together here are read where nothing in them lies', async t => {
  const folder = t.testdir({ 'x-symbol.json': '{"nodes": []}' })
  const whole = {
    'archive.pth': archive(dictOf(tensor())),
    'stream.pth': stream(dictOf(tensor())),
    'x-0000.params': arrayList([array([2])], ['a']),
    'x.safetensors': safetensors('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'),
    'x.onnx': onnx(onnxTensor({ raw: FLOATS })),
  }
  for (const [name, bytes] of Object.entries(whole)) {
    writeFileSync(join(folder, name), bytes)
    t.strictSame(await outcome(join(folder, name)), new Map([['a', Float32Array.of(1, 2)]]), name)
  }
})

t.test(`${HOSTILE_CASES.length} hostile files are refused in one line, in bounded memory`, async t => {
  const folder = t.testdir()
  const before = process.memoryUsage.rss()
  for (const [i, { name, file, bytes, beside = {}, message }] of HOSTILE_CASES.entries()) {
    const own = join(folder, `${i}`)
    mkdirSync(own)
    writeFileSync(join(own, file), bytes)
    for (const [other, content] of Object.entries(beside)) writeFileSync(join(own, other), content)
    const found = await outcome(join(own, file))
    if (typeof found !== 'string') t.fail(`${name} is read`)
    else if (!found.startsWith(own) || !message.test(found) || found.length > own.length + 500)
      t.fail(`${name}: ${found}`)
  }
  const added = process.memoryUsage.rss() - before
  t.ok(added < MOST_MEMORY, `${added} bytes`)
})
