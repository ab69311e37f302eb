import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { installedDetector } from '@tiny-face/face-aligner'
import { emptyGallery, writeGallery } from '@tiny-face/face-gallery'
import t from 'tap'
import { recogniserModel } from '../recogniser-model.js'

const BIN = fileURLToPath(new URL('../../bin/face-web.js', import.meta.url))
const folder = t.testdir({ 'no.onnx': 'no model', 'no.json': '{}' })
const gallery = join(folder, 'people.gallery')
const required = ['--gallery', gallery, '--model', join(folder, 'no.onnx')]
const model = recogniserModel(folder)
const detector = installedDetector('yunet')
if (!detector) console.log('# skipped: face-align --install yunet')
const skip = !model || !detector

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { encoding: 'utf8' })
  return { status, stdout, stderr: stderr.trimEnd() }
}

t.test('what is asked for wrongly: one line, and nothing is served', async t => {
  for (const [args, status, message] of [
    [[], 2, /required option '--gallery <file>' not specified/],
    [[...required, '--port', '70000'], 2, /^face-web: --port 70000: expected at most 65535/],
    [[...required, '--port', '-1'], 2, /--port/],
    [[...required, '--preprocess', 'upside-down'], 2, /^face-web: --preprocess: .*upside-down/],
    [[...required, '--detector', 'eyes'], 1, /^face-web: .*eyes[^\n]*$/],
  ] as const) {
    const found = run(...args)
    t.strictSame([found.status, found.stdout], [status, ''], args.join(' '))
    t.match(found.stderr, message)
  }
})

t.test('a model, gallery or threshold that is none', { skip }, async t => {
  const given = ['--gallery', gallery, '--model', model!]
  t.match(run(...required), { status: 1, stdout: '', stderr: /^face-web: .*no\.onnx: [^\n]*$/ })
  t.match(run(...given, '--threshold', join(folder, 'no.json')), { status: 1, stdout: '', stderr: /no\.json: [^\n]*$/ })
  const other = { name: 'other.onnx', sha256: 'ab'.repeat(32), preprocess: 'rgb mean=127.5 std=128' }
  writeGallery(join(folder, 'other.gallery'), emptyGallery({ size: 2, flip: false, model: other }))
  const found = run('--gallery', join(folder, 'other.gallery'), '--model', model!)
  t.match(found, { status: 1, stdout: '', stderr: /other\.gallery: [^\n]*other\.onnx[^\n]*$/ })
})

t.test('it serves until Ctrl-C', { skip }, async t => {
  const args = [BIN, '--gallery', gallery, '--model', model!, '--threshold', '0.9']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => child.kill('SIGKILL'))
  const line = once(createInterface(child.stdout), 'line')
  const [url] = (await Promise.race([line, once(child, 'exit')])) as [string]
  t.match(url, /^http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}\/$/)
  t.match(await (await fetch(url)).text(), /^<!doctype html>/i)
  t.match(await (await fetch(`${url}api/gallery`)).json(), { gallery: 'people.gallery', people: [], threshold: 0.9 })
  child.kill('SIGINT')
  t.strictSame(await once(child, 'exit'), [null, 'SIGINT'])
})
