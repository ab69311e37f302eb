import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type DataMap, encodeRecords } from '@tiny-face/record-stream'
import t from 'tap'
import { encodeExample, verifyShards } from '../../src/index.js'

/** Images, Examples without one, and bytes that are no Example, in turn. */
function recordsFrom(first: number, end: number): DataMap[] {
  return Array.from({ length: end - first }, (_, i) => {
    const id = first + i
    if (id % 3 === 1)
      return { id, example: encodeExample(new Map([['name', { kind: 'bytes', values: [Buffer.from(`${id}`)] }]])) }
    if (id % 3 === 2) return { id, payload: Buffer.from(`no Example ${id}`) }
    return { id, label: id, image: Buffer.concat([Buffer.of(0xff, 0xd8, 0xff, 0xe0), Buffer.from(`${id}`)]) }
  })
}

t.test('parts of records that are not all images, under names of their own: the set of one machine', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'write-parts-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const run = (command: string, args: string[], input?: Uint8Array) => {
    const bin = fileURLToPath(new URL(`../../bin/${command}.js`, import.meta.url))
    const env = { ...process.env, NODE_OPTIONS: '' }
    return spawnSync(process.execPath, [bin, '--quiet', ...args], { env, input, encoding: 'utf8', cwd: folder })
  }
  const write = async (first: number, end: number, begin: object, out: string, ...args: string[]) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of encodeRecords(recordsFrom(first, end), { source: 'x', ...begin }))
      chunks.push(Uint8Array.from(chunk))
    const options = ['--shards', '4', '--shuffle', '1', '--compress', 'gzip', '--image-key', 'jpeg', ...args]
    return run('tfrecord-write', ['--out', out, ...options], Buffer.concat(chunks))
  }
  t.match(await write(0, 100, {}, 'one'), { status: 0, stderr: '' })
  t.match(await write(0, 37, { part: { index: 0, of: 2, first: 0 } }, 'many', '--part', '0/2'), {
    status: 0,
    stderr: '',
  })
  t.match(await write(37, 100, { part: { index: 1, of: 2, first: 37 } }, 'many', '--part', '1/2'), {
    status: 0,
    stderr: '',
  })
  for (const part of ['0/4', '1/4', '2/4', '3/4'])
    t.match(run('tfrecord-gather', ['many', '--part', part]), { status: 0, stderr: '' })
  const part = join(folder, 'many/part-00002-of-00004')
  t.same([...verifyShards(part)], [], 'a part is right in itself')
  t.match(run('tfrecord-merge', ['many']), { status: 0, stderr: '' })
  const [one, many] = ['one', 'many'].map(name => join(folder, name)) as [string, string]
  t.same(readdirSync(many), readdirSync(one))
  for (const name of readdirSync(one)) t.ok(readFileSync(join(many, name)).equals(readFileSync(join(one, name))), name)
  t.equal(JSON.parse(readFileSync(join(many, 'manifest.json'), 'utf8')).images, 34)

  t.match(await write(0, 9, { part: { index: 0, of: 2, first: 0 } }, 'other', '--part', '0/2', '--tmp', '.'), {
    status: 2,
    stderr: /^tfrecord-write: --tmp does not go with --part and --shuffle: /,
  })
  t.match(run('tfrecord-gather', ['many']), { status: 2, stderr: /required option '--part <i\/n>' not specified/ })
  t.match(run('tfrecord-gather', ['nowhere', '--part', '0/1']), {
    status: 1,
    stderr: 'tfrecord-gather: nowhere: no such file or directory\n',
  })
  t.match(run('tfrecord-merge', ['nowhere']), {
    status: 1,
    stderr: 'tfrecord-merge: nowhere: no such file or directory\n',
  })
})
