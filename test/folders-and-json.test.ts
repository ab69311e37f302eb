import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { sharedData } from './shared-data.js'
import { shell } from './shell.js'

// Real faces out to folders and JSON and back: the same bytes, the same people.
const data = sharedData()
if (data === undefined) t.pass('skipped')
else {
  const orl = join(data, 'recordio/insightface_orl/train.rec')

  t.test('a folder of images through .rec: bytes and people are kept, names are not', async t => {
    const cwd = t.testdir()
    const script = [
      `recordio-dump "${orl}" | image-write faces &&`,
      'image-dump faces | recordio-write faces.rec &&',
      'recordio-dump faces.rec | image-write again',
    ].join('\n')
    t.same(shell(script, cwd, { pipefail: true }).status, 0)
    t.equal(readdirSync(join(cwd, 'faces')).length, 40)
    t.same(imagesOf(join(cwd, 'again')), imagesOf(join(cwd, 'faces')))
  })

  t.test('as JSON Lines and back, and as one big array', async t => {
    const cwd = t.testdir()
    for (const file of ['insightface_orl/train.rec', 'vector_labels/v.rec', 'raw/raw.rec', 'magic/m.rec']) {
      const script = [
        `recordio-dump --all "${join(data, 'recordio', file)}" > stream`,
        'record-json --all < stream > lines.jsonl',
        'json-record lines.jsonl | cmp - stream &&',
        // jq 1.6 rounds integers beyond 2^53
        "(echo [; sed '$!s/$/,/' lines.jsonl; echo ]) | json-record | cmp - stream",
      ].join('\n')
      const { status, stdout } = shell(script, cwd, { pipefail: true })
      t.same({ status, stdout }, { status: 0, stdout: '' }, file)
    }
  })

  t.test('what jq sees, and what it made joined again', async t => {
    const cwd = t.testdir()
    const counts = shell(`recordio-dump "${orl}" | record-json --quiet | jq .label | sort -n | uniq -c`, cwd)
    t.same(
      counts.stdout
        .trim()
        .split('\n')
        .map(line => line.trim()),
      Array.from({ length: 40 }, (_, i) => `10 ${i}`),
    )
    const script = [
      `recordio-dump "${orl}" | record-json | jq -c '{id, size: .image.bytes}' > sizes.jsonl`,
      `recordio-dump "${orl}" | json-join sizes.jsonl | record-json --quiet | jq -c 'select(.size != .image.bytes)'`,
    ].join('\n')
    const { stages, stdout } = shell(script, cwd)
    t.same({ stages, stdout }, { stages: [0, 0, 0, 0], stdout: '' })
  })

  t.test("LFW's list of pairs becomes a verification set", async t => {
    const cwd = t.testdir({ 'pairs.txt': '1\t2\n000\t1\t2\n001\t1\t3\n000\t1\t002\t1\n003\t2\t001\t2\n' })
    const rename =
      'for d in lfw/*; do i=1; for f in $d/*; do mv $f $d/$(basename $d)_$(printf %04d $i).png; i=$((i+1)); done; done'
    const script = [
      `recordio-dump "${join(data, 'recordio/lfw_min10/train.rec')}" | image-write lfw`,
      rename.replace('.png', '.jpg'),
      'image-dump --pairs pairs.txt lfw | bin-write lfw.bin',
      "bin-dump lfw.bin | record-json --quiet | jq -c '[.pair.index, .pair.side, .pair.same, .image.sha256]'",
    ].join('\n')
    const { stdout } = shell(script, cwd)
    const sha256 = (file: string) => shell(`sha256sum lfw/${file}`, cwd).stdout.slice(0, 64)
    t.same(
      stdout
        .trim()
        .split('\n')
        .map(line => JSON.parse(line)),
      [
        [0, 0, true, sha256('000/000_0001.jpg')],
        [0, 1, true, sha256('000/000_0002.jpg')],
        [1, 0, true, sha256('001/001_0001.jpg')],
        [1, 1, true, sha256('001/001_0003.jpg')],
        [2, 0, false, sha256('000/000_0001.jpg')],
        [2, 1, false, sha256('002/002_0001.jpg')],
        [3, 0, false, sha256('003/003_0002.jpg')],
        [3, 1, false, sha256('001/001_0002.jpg')],
      ],
    )
  })
}

/** The bytes of each person's images, in the order of the names. */
function imagesOf(folder: string): string[][] {
  const people = readdirSync(folder).sort()
  return people.map(person =>
    readdirSync(join(folder, person))
      .sort()
      .map(name => readFileSync(join(folder, person, name), 'base64')),
  )
}
