import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { sharedData } from './shared-data.js'
import { ending, feed, start } from './shell.js'

// kill -9 at random moments of a shuffled, sharded write, and of the runs that resume it: the set is the same to the byte.
// As many times as TINY_FACE_RUNS says.
const RUNS = Number(process.env.TINY_FACE_RUNS ?? 6)
const SEED = 20
/** A resumed run is killed again so often, at most. */
const KILLS = 3

const data = sharedData()
if (data === undefined) t.pass('needs ../shared/data', { skip: true })
else {
  const images = (
    await feed('recordio-dump', ['--quiet', join(data, 'recordio/lfw_min10/train.rec')], '.', Buffer.of())
  ).stdout
  const random = uniform(SEED)
  // In memory, where there is such a place: it is not the disk that is tested.
  const root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'tiny-face-kill-'))
  t.teardown(() => rmSync(root, { recursive: true, force: true }))

  const kinds = [
    { name: 'on disk', args: ['--memory', '4MiB'] },
    { name: 'scratch elsewhere', args: ['--memory', '2MiB', '--tmp', 'tmp'] },
    { name: 'in memory', args: [] },
    { name: 'compressed', args: ['--memory', '4MiB', '--compress', 'gzip'] },
    { name: 'over an old set', args: ['--memory', '3MiB', '--force'] },
  ].map(kind => ({ ...kind, args: ['--quiet', '--out', 'out', '--shards', '7', '--shuffle', '5', ...kind.args] }))

  t.setTimeout(0)
  t.test(`${RUNS} killed writes`, { timeout: 0 }, async t => {
    const stages = new Map<string, number>()
    const expected = new Map<string, { span: number; files: { [name: string]: string } }>()
    let killed = 0
    for (let attempt = 0; killed < RUNS && attempt < 3 * RUNS; attempt++) {
      const { name, args } = kinds[attempt % kinds.length]!
      if (!expected.has(name)) {
        const cwd = fresh(`reference ${name}`)
        const { took } = await run(args, cwd)
        expected.set(name, { span: took, files: filesOf(cwd) })
      }
      const { span, files } = expected.get(name)!
      const cwd = fresh(`${attempt}`)
      if (name === 'over an old set')
        await feed('tfrecord-write', ['--quiet', '--out', 'out', '--shards', '9'], cwd, images)
      const kills = 1 + Math.floor(random() * KILLS)
      let hits = 0
      for (let kill = 0; kill < kills; kill++) {
        const { stage } = await run(kill === 0 ? args : [...args, '--resume'], cwd, span)
        if (stage === undefined) break
        hits++
        stages.set(stage, (stages.get(stage) ?? 0) + 1)
      }
      if (hits > 0) killed++
      const last = await feed('tfrecord-write', [...args, '--resume'], cwd, images)
      const outcome = { code: last.code, stderr: last.stderr, files: filesOf(cwd) }
      t.strictSame(outcome, { code: 0, stderr: '', files }, `${attempt}: ${name}, ${hits} kills`)
      rmSync(cwd, { recursive: true })
    }
    t.equal(killed, RUNS)
    t.comment(`killed ${[...stages].map(([stage, count]) => `${count} times ${stage}`).join(', ')}`)
  })

  /**
   * Runs a write and kills it at a random moment of the first `span` ms after its first file is there.
   *
   * @returns where it was in its work, or nothing where it was done before, and how many ms it took
   */
  async function run(args: string[], cwd: string, span?: number): Promise<{ stage?: string; took: number }> {
    const out = join(cwd, 'out')
    const watcher = watch(out)
    const begun = once(watcher, 'change')
    const stage = start('tfrecord-write', args, cwd)
    const ended = ending(stage)
    stage.stdin.end(images)
    await Promise.race([begun, ended])
    const from = performance.now()
    const timer = span === undefined ? undefined : setTimeout(() => stage.kill('SIGKILL'), random() * span)
    const { signal, code, stderr } = await ended
    clearTimeout(timer)
    watcher.close()
    if (signal !== 'SIGKILL' && code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
    const took = performance.now() - from
    return signal === 'SIGKILL' ? { stage: stageOf(out), took } : { took }
  }

  function fresh(name: string): string {
    const cwd = join(root, name)
    mkdirSync(join(cwd, 'out'), { recursive: true })
    mkdirSync(join(cwd, 'tmp'))
    return cwd
  }
}

function stageOf(out: string): string {
  const path = join(out, 'write.partial/journal.json')
  if (!existsSync(path)) return existsSync(join(out, 'manifest.json')) ? 'at the very end' : 'at the very beginning'
  const { kept, input, shards } = JSON.parse(readFileSync(path, 'utf8'))
  if (shards.length === 7) return 'while shards got their names'
  if (shards.length > 0) return 'between shards'
  if (input?.ended) return 'within the first shard'
  return kept === undefined ? 'before anything was kept' : 'while records were scattered'
}

/** All files below a folder with their bytes. */
function filesOf(cwd: string): { [name: string]: string } {
  const names = readdirSync(cwd, { recursive: true, encoding: 'utf8' }).sort()
  const files = names.filter(name => !statSync(join(cwd, name)).isDirectory())
  return Object.fromEntries(files.map(name => [name, readFileSync(join(cwd, name)).toString('latin1')]))
}

/** Numbers from 0 to 1 (mulberry32): what a seed decides of these kills; the machine decides the rest. */
function uniform(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
