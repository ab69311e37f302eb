/** Every command of docs/many-machines.md that one machine can run, as it is written there, on small data. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkpointSteps } from '@tiny-face/arcface-model'
import { drawFaces } from '@tiny-face/drawn-faces'
import { installedEngine } from '@tiny-face/native-engines'
import t from 'tap'
import { WITH_MPI } from '../packages/mpi-session/test/mpirun.js'
import { blocks, scripts } from './doc-blocks.js'
import { shell } from './shell.js'

const page = readFileSync(fileURLToPath(new URL('../docs/many-machines.md', import.meta.url)), 'utf8')
const missing = installedEngine('onednn') === undefined ? 'engine-install onednn' : false

/** What root on two processors has to say, and what makes trainings short: a run stops after the first epoch, one that goes on after the second. */
const MPIRUN = 'mpirun() { command mpirun --allow-run-as-root --oversubscribe --mca btl self,vader "$@"; }'
const TRAIN = `#!/bin/sh
export PATH="\${PATH#*:}"
case "$*" in
  *--resume*) exec arcface-train "$@" --batch-size 16 --every 1 --stop-after 2 ;;
  *) exec arcface-train "$@" --batch-size 16 --every 1 --stop-after 1 ;;
esac
`

t.test('the commands of docs/many-machines.md', { skip: missing || WITH_MPI.skip }, async t => {
  const folder = mkdtempSync(join(tmpdir(), 'machines-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin/arcface-train'), TRAIN)
  chmodSync(join(folder, 'bin/arcface-train'), 0o755)
  await drawFaces({ people: 10, views: 4, size: 112, seed: 1, out: join(folder, 'photos') })
  shell('image-dump photos | tfrecord-write --out shards', folder, { pipefail: true })
  const run = (section: string, script: string) => {
    const { status, stderr } = shell(`set -eu\nPATH="$PWD/bin:$PATH"\n${MPIRUN}\n${script}`, folder, { pipefail: true })
    t.equal(status, 0, `${section}: exit code ${status}\n${script}\n${stderr}`)
  }
  const found = [...scripts(page.slice(0, page.indexOf('\n## '))), ...blocks(page)]
  t.equal(found.length, 3)
  for (const block of found) {
    if (typeof block === 'string') t.equal(block.trim(), 'engine-install onednn')
    else run(block.section, block.script)
  }
  t.equal(checkpointSteps(join(folder, 'runs/two')).at(-1), 4)
})

t.test('the job file for Slurm is shell without errors', async t => {
  const sbatch = /`train\.sbatch`:\n\n```\n([\s\S]*?)```/.exec(page)![1]!
  t.equal(spawnSync('bash', ['-n'], { input: sbatch }).status, 0)
  t.match(sbatch, '--resume')
})
