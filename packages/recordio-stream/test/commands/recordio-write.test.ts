import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { sharedData } from '../../../../test/shared-data.js'
import { scratch } from '../fixtures.js'

const data = sharedData()
const bin = (name: string) => fileURLToPath(new URL(`../../bin/${name}.js`, import.meta.url))
const run = (name: string, args: string[], input?: Uint8Array) =>
  spawnSync(process.execPath, [bin(name), ...args], { input, maxBuffer: 1 << 28, timeout: 60_000 })

t.test("dump --all and write are each other's inverse", { skip: !data }, t => {
  const folder = scratch(t)
  for (const name of ['insightface_orl/train', 'im2rec/orl_pack', 'magic/m', 'raw/raw']) {
    const path = join(data!, 'recordio', `${name}.rec`)
    const copy = join(folder, 'x.rec')
    const { status, stderr } = run('recordio-write', [copy, '--force'], run('recordio-dump', ['--all', path]).stdout)
    t.equal(status, 0)
    t.match(stderr.toString(), /^recordio-write: \d+ records, [^\n]*\n(.*left as it is; --force replaces it\n)?$/)
    t.ok(readFileSync(copy).equals(readFileSync(path)), name)
  }
  t.end()
})

t.test('a stream that stops before its end leaves nothing behind', { skip: !data }, t => {
  const folder = scratch(t)
  const stream = run('recordio-dump', [join(data!, 'recordio/im2rec/orl_enc.rec')]).stdout
  for (const size of [0, 1, 5000, stream.length - 1]) {
    const { status, stderr } = run('recordio-write', [join(folder, 'x.rec')], stream.subarray(0, size))
    t.equal(status, 1)
    t.match(stderr.toString(), /^recordio-write: .*\n$/)
    t.same(readdirSync(folder), [], `${size} bytes: ${stderr}`)
  }
  t.end()
})

t.test('a file that exists, and usage', { skip: !data }, t => {
  const path = join(scratch(t), 'x.rec')
  const stream = run('recordio-dump', [join(data!, 'recordio/im2rec/orl_enc.rec')]).stdout
  t.equal(run('recordio-write', [path], stream).status, 0)
  t.match(run('recordio-write', [path], stream), { status: 1, stderr: /x\.rec: exists already; --force replaces it/ })
  t.equal(run('recordio-write', ['--force', path], stream).status, 0)
  t.equal(run('recordio-write', [], stream).status, 2)
  t.end()
})
