import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cachedFolder } from '@tiny-face/pinned-downloads'
import { type NamedTensor, readSafetensors, writeSafetensors } from '@tiny-face/weight-files'
import t from 'tap'
import { sharedData } from '../../../../test/shared-data.js'
import { PUBLISHED_WEIGHTS, readWeights } from '../../src/index.js'
import { generatedFile, readFixture } from '../import/generated-weights.js'

const COMMAND = fileURLToPath(new URL('../../src/commands/arcface-import.ts', import.meta.url))

function importWeights(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import=tsx', COMMAND, ...args], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr: stderr.trim() }
}

/** foamliu's tensors, by PyTorch's names. */
function publishedFile(folder: string, change: (tensors: Map<string, NamedTensor>) => void = () => {}): string {
  const fixture = readFixture('foamliu')
  const file = generatedFile(fixture, 'safetensors')
  const tensors = new Map(
    Object.entries(fixture.tensors).map(([name, shape]) => [name, { shape, values: file.read(name) }]),
  )
  change(tensors)
  const path = join(folder, 'published.safetensors')
  writeSafetensors(path, tensors)
  return path
}

t.test("a file of weights becomes a run's folder", async t => {
  const folder = t.testdir({})
  const out = join(folder, 'run')
  const { status, stdout, stderr } = importWeights(publishedFile(folder), '--out', out, '--list')
  t.equal(
    stderr,
    'arcface-import: foamliu-mobilefacenet by foamliu/MobileFaceNet, mobilefacenet.py, embeddings of 64: 256 tensors matched, none missing or unexpected, 51 left out',
  )
  t.equal(status, 0)
  const lines = stdout.trimEnd().split('\n')
  t.equal(lines.length, 256 + 51)
  t.equal(lines[0], 'matched\tconv1.0.weight\tstem/filter')
  t.equal(lines.at(-1), 'left out\tbn.num_batches_tracked\t-')
  t.strictSame(readdirSync(out).sort(), ['checkpoints', 'config.json', 'model.onnx'])
  t.strictSame(JSON.parse(readFileSync(join(out, 'config.json'), 'utf8')), {
    network: 'foamliu-mobilefacenet',
    embeddingSize: 64,
    imported: { file: 'published.safetensors', format: 'safetensors', from: 'foamliu' },
  })
  const { network, weights } = readWeights(out)
  t.equal(network, 'foamliu-mobilefacenet')
  // PyTorch's [out, in, height, width] is [height, width, in, out] here.
  const theirs = generatedFile(readFixture('foamliu'), 'pytorch').read('conv2.0.weight')
  t.equal(weights['expand/filter']?.[5 * 512 + 7], theirs[7 * 128 + 5])
  t.match(importWeights(publishedFile(folder), '--out', out), {
    status: 1,
    stderr: /run: exists already; --force replaces it$/,
  })
})

t.test('nothing is written where the file does not fit', async t => {
  const folder = t.testdir({ 'page.pth': '<!doctype html><html>' })
  const out = join(folder, 'run')
  const path = publishedFile(folder, tensors => tensors.delete('bn.bias'))
  t.match(importWeights(path, '--out', out), {
    status: 1,
    stderr:
      /published\.safetensors: expected foamliu-mobilefacenet by the names of foamliu, .*, found 1 missing, 0 unexpected, 0 wrong shape; first missing: bn\.bias$/,
  })
  t.match(importWeights(join(folder, 'page.pth'), '--out', out), {
    status: 1,
    stderr: /expected weights: .*, found an HTML page$/,
  })
  t.match(importWeights(path, '--out', out, '--from', 'nobody'), {
    status: 2,
    stderr: /--from is one of arcface_torch, /,
  })
  t.match(importWeights(path, '--out', out, '--network', 'ir999'), {
    status: 2,
    stderr: /: expected one of mobilefacenet, /,
  })
  t.strictSame(readdirSync(folder).sort(), ['page.pth', 'published.safetensors'])
})

const shared = sharedData()
t.test('an ONNX graph is compared with what was imported of it', { skip: !shared }, async t => {
  const folder = t.testdir({})
  const model = join(shared!, 'models/foamliu_MobileFaceNet.onnx')
  const out = join(folder, 'run')
  const { status, stderr } = importWeights(model, '--out', out)
  t.equal(status, 0)
  t.match(
    stderr,
    /102 tensors matched.*\n.*are \d\.\de[-+]\d+ of their length from the file's own\n.*51 batch norms were folded/,
  )
  // The same weights with ReLU5 for ReLU6: TensorProto's raw_data of 6, a float32.
  const bytes = readFileSync(model)
  const six = Buffer.from('4a040000c040', 'hex')
  let found = 0
  for (let at = bytes.indexOf(six); at !== -1; at = bytes.indexOf(six, at + 1), found++) bytes[at + 4] = 0xa0
  t.equal(found, 32)
  const other = join(folder, 'other.onnx')
  writeFileSync(other, bytes)
  t.match(importWeights(other, '--out', join(folder, 'none')), {
    status: 1,
    stderr:
      /other\.onnx: expected a graph that computes what foamliu-mobilefacenet does with its weights, found embeddings that are \d\S* of their length away$/,
  })
  t.strictSame(readdirSync(folder).sort(), ['other.onnx', 'run'])
  t.equal(
    readSafetensors(join(out, 'checkpoints/step-00000000.safetensors')).size,
    255,
    'the bias of the last convolution is in its batch norm',
  )
})

const { pinned, weights: manifest } = PUBLISHED_WEIGHTS['face-api']
const cached = cachedFolder(pinned)
const skip = cached === undefined && `${pinned.name} is not here: arcface-export --from face-api brings it`
if (skip) console.log(`# skipped: ${skip}`)

t.test('what is published is a run as well, by its name or by its file', { skip }, async t => {
  const folder = t.testdir({})
  const [named, filed] = [join(folder, 'named'), join(folder, 'filed')]
  const { status, stderr } = importWeights('--from', 'face-api', '--out', named)
  t.equal(status, 0)
  t.match(stderr, /117 tensors matched, none missing or unexpected, 0 left out\n.*: 29 batch norms were folded/)
  t.equal(importWeights(join(cached!, manifest), '--out', filed).status, 0)
  const { imported } = JSON.parse(readFileSync(join(named, 'config.json'), 'utf8'))
  t.match(imported, { format: 'tfjs', from: 'face-api', published: { licence: 'MIT' } })
  t.strictSame(readWeights(named), readWeights(filed))
})

t.test('without a file, --from says what is meant', async t => {
  const out = join(t.testdir({}), 'run')
  for (const from of [[], ['--from', 'foamliu']])
    t.match(importWeights(...from, '--out', out), {
      status: 2,
      stderr: /give a file of weights, or --from face-api for those that are published$/,
    })
})
