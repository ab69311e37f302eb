import { installedEngine } from '@tiny-face/native-engines'

/** What the first example of a README takes as given, besides the files of example-data.ts. */
export interface Given {
  /** Code before the example: the values that it uses without making them. */
  before?: string
  /** Code after it: what ends what the example leaves running. */
  after?: string
  /** A file for its standard input. */
  stdin?: string
  /** Commands before it, in the folder where it runs. */
  shell?: string
  /** Words of the example that stand for something of the reader's own or take long, and what they are here. */
  instead?: Record<string, string>
  /** Why it is type-checked alone. */
  notRun?: string
}

const RECORDS = `import { RecordReader as GivenReader } from '@tiny-face/record-stream'
import { openSync as openGiven } from 'node:fs'
const records = new GivenReader(openGiven('images.records', 'r'))`

const oneDnn = installedEngine('onednn')?.library

export const GIVEN: Record<string, Given> = {
  'arcface-model': {
    before: `const images = new Float32Array(64 * 112 * 112 * 3)
const labels = Int32Array.from({ length: 64 }, (_, i) => i)`,
  },
  'arcface-train': { instead: { 'epochs: 10': 'epochs: 1' } },
  'checked-json': {
    before: `import { writeFileSync } from 'node:fs'\nwriteFileSync('shard.json', '{"name":"a","count":5}')`,
  },
  'face-aligner': {
    before: `import { readFileSync } from 'node:fs'\nconst bytes = readFileSync('holiday/0.jpg')`,
    shell: 'node_modules/.bin/face-align --install yunet',
  },
  'face-gallery': { before: 'const embedding = new Float32Array(512).fill(1)', shell: 'rm people.gallery' },
  'face-web': {
    before: `import { readFileSync } from 'node:fs'\nconst photo = readFileSync('holiday/0.jpg')`,
    after: 'await close()\nawait recogniser.close()',
    instead: { 'face-api.onnx': 'runs/r50' },
    shell: 'node_modules/.bin/face-align --install yunet',
  },
  'file-signatures': {
    before: `const [bytes, head] = [Buffer.from('P5 2 2 255\\n0000'), Buffer.from('PK\\x03\\x04')]`,
  },
  'global-shuffle': { before: `const lines = ['a', 'b', 'c']` },
  'image-stream': { stdin: 'images.records', shell: 'mkdir out' },
  'json-stream': { stdin: 'images.records' },
  'onednn-session': oneDnn
    ? { instead: { '/path/to/libdnnl.so.3': oneDnn } }
    : { notRun: 'the engine onednn is not installed here' },
  'onnx-session': {
    before: 'const pixels = new Float32Array(3 * 112 * 112)',
    instead: { input0: 'input' },
  },
  'parquet-stream': { shell: 'mkdir faces/data && mv faces/*.parquet faces/data' },
  'pinned-downloads': {
    before: `import { PINNED_DETECTORS } from '@tiny-face/face-aligner'\nconst YUNET = PINNED_DETECTORS.yunet`,
  },
  'record-stream': { stdin: 'images.records' },
  'record-tools': {
    before: `import { RecordReader, RecordWriter } from '@tiny-face/record-stream'
import { openSync } from 'node:fs'
const reader = new RecordReader(openSync('images.records', 'r'))
const writer = new RecordWriter(1)
const labels = Array.from({ length: 9000 }, (_, i) => i >> 1)`,
  },
  'recordio-stream': { before: `import { createHash } from 'node:crypto'\nconst hash = createHash('sha256')` },
  'safe-files': { before: `const bytes = Buffer.from('a')` },
  'seeded-random': { before: 'const [seed, epoch, record, purpose] = [1, 2, 3, 4] as const' },
  'shard-writer': { before: RECORDS },
  'tfjs-compiler': {
    before: `const [x, w, v] = [16 * 112 * 112 * 3, 3 * 3 * 3 * 8, 3 * 3 * 3 * 8].map(length => new Float32Array(length).fill(0.1))`,
  },
  verifier: {
    before: `import { RecordReader as GivenReader } from '@tiny-face/record-stream'
import { openSync as openGiven } from 'node:fs'
const records = new GivenReader(openGiven('embedded-pairs', 'r'))`,
  },
  'webdataset-stream': { before: RECORDS, shell: 'rm -r shards' },
  'weight-files': { instead: { 'conv1.weight': 'layers.0.layers.0.weight' } },
  'zlib-stream': {
    before: `import { openSync, writeSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
const fd = openSync('x.gz', 'w')
const bytes = Buffer.from('a')
const chunk = gzipSync(bytes)
const use = console.log`,
  },
}
