import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { sharedData } from './shared-data.js'
import { shell } from './shell.js'

// Each failure is one line: command, file and place, what was expected and what was found.
const data = sharedData()

t.test('a truncated .rec', { skip: data === undefined }, async t => {
  const cwd = t.testdir()
  const bytes = readFileSync(join(data!, 'recordio/insightface_orl/train.rec'))
  writeFileSync(join(cwd, 'cut.rec'), bytes.subarray(0, 1_000_001))
  const { stages, stderr } = shell('recordio-dump cut.rec 2>dump.err | recordio-write out.rec', cwd)
  t.same(stages, [1, 1])
  t.match(readFileSync(join(cwd, 'dump.err'), 'utf8'), /^recordio-dump: cut\.rec: byte \d+: record \d+[^\n]*\n$/)
  t.match(stderr, /^recordio-write: [^\n]*\b\d+ records?\b[^\n]*\n$/, 'the sink says after how many records')
  t.notOk(existsSync(join(cwd, 'out.rec')) || existsSync(join(cwd, 'out.idx')))
})

t.test('a TFRecord with one flipped bit', { skip: data === undefined }, async t => {
  const cwd = t.testdir()
  const bytes = readFileSync(join(data!, 'tfrecord/faces.tfrecord'))
  bytes[200_000]! ^= 4
  writeFileSync(join(cwd, 'flipped.tfrecord'), bytes)
  const { stages, stderr } = shell('tfrecord-dump flipped.tfrecord 2>dump.err | tfrecord-write --out shards', cwd)
  t.same(stages, [1, 1])
  t.match(
    readFileSync(join(cwd, 'dump.err'), 'utf8'),
    /^tfrecord-dump: flipped\.tfrecord: byte \d+: record \d+[^\n]*CRC[^\n]*\n$/i,
  )
  t.match(stderr, /^tfrecord-write: [^\n]+\n$/)
  t.equal(shell('ls shards/*.json shards/*.tfrecord 2>/dev/null', cwd).stdout, '')
})

t.test('a hostile pickle', async t => {
  const cwd = t.testdir({ 'evil.bin': "cos\nsystem\n(S'touch executed'\ntR." })
  const { status, stderr, stdout } = shell('bin-dump evil.bin | wc -c', cwd, { pipefail: true })
  t.equal(status, 1)
  t.match(stderr, /^bin-dump: evil\.bin: byte \d+: [^\n]*os[. ]system[^\n]*\n$/)
  t.equal(stdout.trim(), '0')
  t.notOk(existsSync(join(cwd, 'executed')))
})

const READERS = ['recordio-dump', 'tfrecord-dump', 'bin-dump', 'image-dump']

for (const command of READERS) {
  t.test(`${command}: a file that is not there`, async t => {
    const { status, stderr, stdout } = shell(`${command} no-such-file | wc -c`, t.testdir(), { pipefail: true })
    t.equal(status, 1)
    t.match(stderr, new RegExp(`^${command}: no-such-file: no such file or directory\\n$`))
    t.equal(stdout.trim(), '0')
  })

  t.test(`${command}: without a file`, async t => {
    const { status, stderr } = shell(`${command} | cat`, t.testdir(), { pipefail: true })
    t.equal(status, 2)
    t.match(stderr, new RegExp(`^${command}: [^\\n]+\\n$`))
  })
}

const SINKS = [
  'recordio-write out',
  'tfrecord-write --out out',
  'bin-write out',
  'face-verify --json out',
  'face-calibrate --far 1e-2 --json out',
  'face-identify evaluate --json out',
  'record-shuffle --seed 1',
]

for (const sink of SINKS) {
  const [command] = sink.split(' ')
  for (const [what, input] of Object.entries({
    nothing: '',
    garbage: 'not a record stream',
    'half a stream': '\\x81\\xa5begin\\x01',
  })) {
    t.test(`${sink} < ${what}`, async t => {
      const cwd = t.testdir()
      const { stages, stderr } = shell(`printf '${input}' | ${sink} >stdout`, cwd)
      t.same(stages, [0, 1])
      t.match(stderr, new RegExp(`^${command}: [^\\n]+\\n$`))
      t.notMatch(stderr, /internal/)
      t.equal(shell('ls out* 2>/dev/null', cwd).stdout, '')
    })
  }
}
