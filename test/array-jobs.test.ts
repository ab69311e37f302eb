/** The jobs of docs/array-jobs.md, as they are written there: each task with the number that its scheduler would give it. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { sharedData } from './shared-data.js'
import { shell } from './shell.js'

const data = sharedData()
const page = readFileSync(fileURLToPath(new URL('../docs/array-jobs.md', import.meta.url)), 'utf8')
const block = (start: string) =>
  page
    .split('```')
    .filter((_, index) => index % 2 === 1)
    .find(text => text.includes(start))!
    .replace(/^\w*\n/, '')

/** A folder as the page has it: `faces/train.rec`, 400 pictures of 40 people, with its index. */
function folderWithFaces(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'array-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  for (const name of ['faces', 'bin', 'store']) mkdirSync(join(folder, name))
  for (const ending of ['rec', 'idx']) {
    copyFileSync(join(data!, `recordio/insightface_orl/train.${ending}`), join(folder, `faces/train.${ending}`))
  }
  return folder
}

function command(folder: string, name: string, script: string): void {
  writeFileSync(join(folder, 'bin', name), `#!/bin/bash\nset -euo pipefail\n${script}`, { mode: 0o755 })
}

/** Runs a script with the stand-ins of the folder's `bin` before all else. */
const run = (script: string, folder: string) => shell(`PATH=$PWD/bin:$PATH\n${script}`, folder)

const manifest = (folder: string, set = 'shards') =>
  JSON.parse(readFileSync(join(folder, set, 'manifest.json'), 'utf8'))

function filesOf(folder: string): { [name: string]: string } {
  return Object.fromEntries(
    readdirSync(folder).map(name => [name, readFileSync(join(folder, name)).toString('latin1')]),
  )
}

/** The tasks of a job array all at once; jobs are done when they are handed in. What would train says so. */
const SBATCH = `
while [[ $1 == --* ]]; do
  case $1 in
    --dependency=*) echo "$1" >> dependencies ;;
    --wrap) wrapped=$2; shift ;;
  esac
  shift
  [[ $# -gt 0 ]] || break
done
if [[ -n \${wrapped:-} ]]; then bash -euo pipefail -c "$wrapped" >&2
else
  last=$(sed -n 's/^#SBATCH --array=0-//p' "$1")
  seq 0 "$last" | xargs -P 2 -I{} env SLURM_ARRAY_TASK_ID={} bash "$1" >&2
fi
echo $RANDOM
`

t.test('the Slurm jobs: the shuffle of one machine, byte for byte', { skip: !data }, t => {
  const folder = folderWithFaces(t)
  for (const name of ['scatter', 'gather']) writeFileSync(join(folder, `${name}.sbatch`), block(`--job-name=${name}`))
  command(folder, 'sbatch', SBATCH)
  command(folder, 'arcface-train', 'echo "$@" > trained')
  const { status, stderr } = run(`set -e\n${block('sbatch --parsable scatter.sbatch')}`, folder)
  t.equal(status, 0, stderr)
  t.equal(readFileSync(join(folder, 'trained'), 'utf8'), 'shards --preset tiny-face-recognition --out runs/r50\n')
  t.equal(readFileSync(join(folder, 'dependencies'), 'utf8').split('\n').length, 4)
  const one = 'recordio-dump faces/train.rec | tfrecord-write --out one --shards 64 --shuffle 1'
  t.ok(page.includes(one.replace('one', 'shards')), 'as the page says')
  t.equal(run(one, folder).status, 0)
  t.strictSame(Object.keys(filesOf(join(folder, 'shards'))).length, 65)
  for (const [name, bytes] of Object.entries(filesOf(join(folder, 'one')))) {
    t.ok(filesOf(join(folder, 'shards'))[name] === bytes, name)
  }
  t.end()
})

t.test('a scatter task that did not run is named', { skip: !data }, t => {
  const folder = folderWithFaces(t)
  const task = block('--job-name=scatter').replaceAll('/16', '/3').replace('--shards 64', '--shards 8')
  writeFileSync(join(folder, 'task'), task)
  t.equal(run('for i in 0 2; do SLURM_ARRAY_TASK_ID=$i bash task; done', folder).status, 0)
  const gather = () => run('tfrecord-gather shards --part 0/1 --quiet', folder)
  t.match(gather(), {
    status: 1,
    stderr: 'tfrecord-gather: shards: scatter 1 of 3 is missing or not whole; run its task (again)\n',
  })
  t.match(run('tfrecord-merge shards', folder), {
    status: 1,
    stderr: /expected parts of a set, part-00000-of-…, found scatters alone, which are to be gathered first\n$/,
  })
  t.equal(run('SLURM_ARRAY_TASK_ID=1 bash task', folder).status, 0)
  t.match(gather(), { status: 0, stderr: '' })
  t.match(run('tfrecord-merge shards', folder), {
    status: 0,
    stderr: 'tfrecord-merge: shards: 400 records in 8 shards\n',
  })
  t.end()
})

t.test('of WebDataset shards, too, the shuffle in parts is that of one machine', { skip: !data }, t => {
  const folder = folderWithFaces(t)
  const script = [
    'recordio-dump faces/train.rec | wds-write --out tars --shards 7',
    'for i in 0 1 2; do wds-dump tars --part $i/3 | wds-write --out many --shards 4 --shuffle 5 --part $i/3; done',
    'for i in 0 1; do wds-gather many --part $i/2; done',
    'wds-merge many',
    'wds-dump tars | wds-write --out one --shards 4 --shuffle 5',
    'for i in 0 1; do wds-dump tars --part $i/2 | wds-write --out ordered --shards 4 --part $i/2; done',
    'wds-merge ordered',
    'wds-dump ordered | record-json | jq .id | sort -n | uniq | wc -l',
  ]
  const { status, stdout, stderr } = run(`set -e\n${script.join('\n')}`, folder)
  t.equal(status, 0, stderr)
  t.equal(stdout, '400\n', 'no key comes twice')
  t.strictSame(filesOf(join(folder, 'many')), filesOf(join(folder, 'one')))
  t.end()
})

t.test('the Kubernetes job: pods make their parts', { skip: !data }, t => {
  const folder = folderWithFaces(t)
  const yaml = block('kind: Job')
  t.match(yaml, /completionMode: Indexed\n +completions: 16\n/)
  const [, indent, script] = /args:\n( +)- \|\n([\s\S]*?)\n {10}\w/.exec(yaml)!
  writeFileSync(join(folder, 'task'), script!.replaceAll(new RegExp(`^${indent}  `, 'gm'), ''))
  const task = 'xargs -P 2 -I{} env JOB_COMPLETION_INDEX={} bash -euo pipefail task'
  t.match(run(`seq 0 14 | ${task}`, folder), { status: 0 })
  const [, merge] = /`(tfrecord-merge [^`]*)`\.\n/.exec(page)!
  const missing = 'tfrecord-merge: shards: part 15 of 16 is missing or not whole; run its task (again)\n'
  t.match(run(merge!, folder), { status: 1, stderr: missing })
  t.match(run(`seq 14 15 | ${task}`, folder), { status: 0, stderr: /part-00014-of-00016: is complete already/ })
  t.match(run(merge!, folder), { status: 0 })
  t.match(manifest(folder), { count: 400, images: 400, classes: 40, source: 'faces/train.rec' })
  t.equal(manifest(folder).shards.length, 64)
  const labels = (command: string) =>
    run(`${command} --quiet | record-json | grep -o '"label":[0-9]*' | sort | uniq -c`, folder).stdout
  t.equal(labels('tfrecord-dump shards'), labels('recordio-dump faces/train.rec'))
  t.match(
    run(`seq 3 3 | ${task}`, folder),
    { status: 0, stderr: /shards: is complete already/ },
    'once more, after all',
  )
  t.end()
})

/** `aws s3 cp`, with a folder for a store. It stops after DOWN bytes of a download, and fails with an upload of what UP names. */
const AWS = `
shift 2
while [[ $1 == --* ]]; do
  case $1 in --exclude) exclude=$2; shift ;; --recursive) recursive=1 ;; esac
  shift
done
from=\${1/#s3:\\/\\//store/} to=\${2/#s3:\\/\\//store/}
if [[ $from == store/* ]]; then
  if [[ -n \${DOWN:-} ]]; then head -c "$DOWN" "$from"; echo 'the line was cut' >&2; exit 1; fi
  cat "$from"
else
  if [[ -n \${UP:-} && $from == *$UP* ]]; then [[ $from != - ]] || head -c 1000 > /dev/null; echo 'no room' >&2; exit 1; fi
  mkdir -p "$(dirname "$to")"
  if [[ $from == - ]]; then cat > "$to.arriving"; mv "$to.arriving" "$to"
  elif [[ -n \${recursive:-} ]]; then
    for file in "$from"/*; do [[ \${file##*/} == "$exclude" ]] || "$0" s3 cp "$file" "$2/\${file##*/}"; done
  else cp "$from" "$to"
  fi
fi
`

function folderWithStore(t: Test): string {
  const folder = folderWithFaces(t)
  command(folder, 'aws', AWS)
  mkdirSync(join(folder, 'store/faces'))
  copyFileSync(join(folder, 'faces/train.rec'), join(folder, 'store/faces/train.rec'))
  return folder
}

/** Where records begin, of a file none of whose records is in pieces. */
function recordOffsets(bytes: Buffer): number[] {
  const offsets = [0]
  for (let at = 0; at < bytes.length; offsets.push(at)) at += 8 + ((bytes.readUInt32LE(at + 4) + 3) & ~3)
  return offsets
}

t.test('down from a store: what a failed transfer has brought becomes no set', { skip: !data }, t => {
  const folder = folderWithStore(t)
  const download = block('s3://faces/train.rec -')
  const offsets = recordOffsets(readFileSync(join(folder, 'faces/train.rec')))
  for (const bytes of [0, 1000, offsets[1], offsets[200], offsets[410], offsets.at(-1)]) {
    const { stages } = run(`export DOWN=${bytes}\n${download}`, folder)
    t.same(stages, [0, 1, 1], `${bytes} bytes`)
    t.notOk(existsSync(join(folder, 'shards/manifest.json')))
  }
  t.same(run(download, folder).stages, [0, 0, 0])
  t.equal(manifest(folder).count, 400)
  t.end()
})

t.test('down from a store: tasks with objects of their own', { skip: !data }, t => {
  const folder = folderWithStore(t)
  const task = block('s3://faces/tars').replaceAll('/16', '/2').replaceAll('64', '4')
  const tars = 'recordio-dump faces/train.rec | wds-write --out store/faces/tars --shards 2'
  t.same(run(tars, folder).stages, [0, 0])
  t.same(run(`part=0\n${task}`, folder).stages, [0, 0, 0])
  const archive = readFileSync(join(folder, 'store/faces/tars/train-000001.tar'))
  for (const bytes of [0, 512, 5000, archive.length - 1024, archive.length - 512, archive.length]) {
    t.same(
      run(`export DOWN=${bytes}\npart=1\n${task}`, folder).stages,
      [0, 1, 1],
      `${bytes} of ${archive.length} bytes`,
    )
  }
  t.equal(run('tfrecord-merge shards', folder).status, 1)
  t.same(run(`part=1\n${task}`, folder).stages, [0, 0, 0])
  t.equal(run('tfrecord-merge shards', folder).status, 0)
  t.equal(manifest(folder).count, 400)
  t.end()
})

t.test('up to a store: a failed transfer is seen, and the manifest does not arrive', { skip: !data }, t => {
  const folder = folderWithStore(t)
  const upload = block('--recursive --exclude')
  const there = () => existsSync(join(folder, 'store/faces/shards/manifest.json'))
  for (const name of ['train-00000', 'train-00042', 'manifest']) {
    t.match(run(`export UP=${name}\n${upload}`, folder), { status: 1 }, name)
    t.notOk(there())
  }
  t.match(run(upload, folder), { status: 0 }, 'again: the shards are there')
  t.strictSame(filesOf(join(folder, 'store/faces/shards')), filesOf(join(folder, 'shards')))
  t.end()
})

t.test('a record stream up and down', { skip: !data }, t => {
  const folder = folderWithStore(t)
  const [pipefail, up, down] = block('train.records').trim().split('\n') as [string, string, string]
  t.same(run(`export UP=-\n${pipefail}\n${up}`, folder).stages, [0, 1], 'the upload fails')
  t.notOk(existsSync(join(folder, 'store/faces/train.records')))
  const bytes = readFileSync(join(folder, 'faces/train.rec'))
  writeFileSync(join(folder, 'faces/damaged.rec'), bytes.fill(0, 500_000))
  t.same(run(`${pipefail}\n${up.replace('/train.rec', '/damaged.rec')}`, folder).stages, [1, 0], 'the sender fails')
  t.same(run(`${pipefail}\n${down}`, folder).stages, [0, 1], 'what was stored has no end')
  t.same(run(`${pipefail}\n${up}`, folder).stages, [0, 0])
  t.same(run(`export DOWN=500000\n${pipefail}\n${down}`, folder).stages, [1, 1], 'the download fails')
  t.notOk(existsSync(join(folder, 'copy/manifest.json')))
  t.same(run(`${pipefail}\n${down}`, folder).stages, [0, 0])
  t.equal(manifest(folder, 'copy').count, 400)
  t.end()
})
