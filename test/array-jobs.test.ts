/** The jobs of docs/array-jobs.md, as they are written there: each task with the number that its scheduler would give it. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { sharedData } from './shared-data.js'
import { shell } from './shell.js'

const data = sharedData()
const PARTS = 16
const page = readFileSync(fileURLToPath(new URL('../docs/array-jobs.md', import.meta.url)), 'utf8')
const block = (start: string) => page.split('```').find(text => text.includes(start))!

/** A folder as the page has it: `faces/train.rec`, 20 pictures of 10 people, with its index. */
function folderWithFaces(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'array-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'faces'))
  for (const ending of ['rec', 'idx']) {
    copyFileSync(join(data!, `recordio/insightface_orl/train.${ending}`), join(folder, `faces/train.${ending}`))
  }
  return folder
}

const manifest = (folder: string, part: number) =>
  JSON.parse(readFileSync(join(folder, `shards/part-${part}/manifest.json`), 'utf8'))

t.test('the Slurm job: all tasks together make each image once', { skip: !data }, t => {
  const folder = folderWithFaces(t)
  const script = block('#SBATCH').replace(/^sh\n/, '')
  t.match(script, new RegExp(`^#!/bin/bash\n[\\s\\S]*--array=0-${PARTS - 1}\n[\\s\\S]*parts=${PARTS}\n`))
  writeFileSync(join(folder, 'task'), script)
  const each = `seq 0 ${PARTS - 1} | xargs -P 2 -I{} env SLURM_ARRAY_TASK_ID={} bash -euo pipefail task`
  t.match(shell(each, folder), { status: 0 })
  t.match(shell('tfrecord-verify --quiet shards/part-*', folder), { status: 0, stdout: '' })
  const manifests = Array.from({ length: PARTS }, (_, part) => manifest(folder, part))
  t.equal(
    manifests.reduce((sum, { count }) => sum + count, 0),
    400,
  )
  t.same(new Set(manifests.map(({ classes }) => classes)), new Set([40]), 'each part tells the classes of the whole')
  const labels = (command: string) =>
    shell(`${command} --quiet | record-json | grep -o '"label":[0-9]*' | sort | uniq -c`, folder).stdout
  t.equal(labels('tfrecord-dump shards/part-*'), labels('recordio-dump faces/train.rec'))

  const [first] = manifest(folder, 15).shards
  rmSync(join(folder, 'shards/part-15'), { recursive: true })
  t.match(shell('SLURM_ARRAY_TASK_ID=15 bash task', folder), { status: 0 }, 'one task again')
  t.equal(manifest(folder, 15).shards[0].sha256, first.sha256)
  t.end()
})

t.test('the Kubernetes job: a pod makes its part', { skip: !data }, t => {
  const folder = folderWithFaces(t)
  const yaml = block('kind: Job')
  t.match(yaml, new RegExp(`completionMode: Indexed\n +completions: ${PARTS}\n`))
  const [, indent, script] = /args:\n( +)- \|\n([\s\S]*?)\n {10}\w/.exec(yaml)!
  writeFileSync(join(folder, 'task'), script!.replaceAll(new RegExp(`^${indent}  `, 'gm'), ''))
  t.match(shell('JOB_COMPLETION_INDEX=3 bash -euo pipefail task', folder), { status: 0 })
  t.match(shell('tfrecord-verify --quiet shards/part-3', folder), { status: 0, stdout: '' })
  t.equal(manifest(folder, 3).classes, 40)
  t.ok(Math.abs(manifest(folder, 3).count - 400 / PARTS) < 8)
  t.end()
})
