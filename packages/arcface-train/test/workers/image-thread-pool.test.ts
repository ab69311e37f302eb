import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { ImageThreadPool } from '../../src/workers/image-thread-pool.js'
import { packImages } from '../../src/workers/pack-images.js'
import { drawnSet } from '../drawn-set.js'

const SETUP = {
  size: 4,
  seed: 1,
  augment: {},
  normalisation: { order: 'rgb', mean: [0, 0, 0], std: [1, 1, 1] },
} as const
const SET = drawnSet({ count: 6, size: 4 })

const taskOf = async (...records: number[]) => {
  const images = new Float32Array(new SharedArrayBuffer(4 * 48 * records.length))
  return { epoch: 0, ...packImages(await SET, Uint32Array.from(records)), images }
}

t.test('images come where they were asked for, however many tasks there are for a thread', async t => {
  const threads = new ImageThreadPool(SETUP, 2)
  const alone = await Promise.all(
    [0, 1, 2, 3, 4, 5].map(async record => {
      const task = await taskOf(record)
      t.strictSame(await threads.run(task), [])
      return [...task.images]
    }),
  )
  const together = await taskOf(5, 4, 3, 2, 1, 0)
  await threads.run(together)
  t.strictSame([...together.images], [...alone].reverse().flat())
  t.ok(together.images.some(value => value > 0))
  await threads.close()
})

t.test('what a thread throws is thrown here, and it goes on', async t => {
  const threads = new ImageThreadPool(SETUP, 1)
  const task = await taskOf(0)
  await t.rejects(threads.run({ ...task, ends: undefined as unknown as Uint32Array }), TypeError)
  t.strictSame(await threads.run(await taskOf(0)), [])
  await threads.close()
})

const onLinux = process.platform === 'linux' ? {} : { skip: 'only Linux has a priority for each thread' }
t.test('they leave processors to what computes, and to nothing else', onLinux, async t => {
  const before = nicenesses().filter(nice => nice > 0).length
  const threads = new ImageThreadPool(SETUP, 2)
  await Promise.all([threads.run(await taskOf(0)), threads.run(await taskOf(1))])
  t.equal(nicenesses().filter(nice => nice > 0).length, before + 2)
  await threads.close()
})

t.test('closed while there is work: the threads end, and take no more', async t => {
  const threads = new ImageThreadPool(SETUP, 1)
  for (let i = 0; i < 20; i++) threads.run(await taskOf(0, 1, 2)).catch(() => {})
  await threads.close()
  await t.rejects(threads.run(await taskOf(0)), { message: 'the image threads are closed' })
  await threads.close()
})

/** Of all threads of this process, -20 to 19: proc(5), field 19 of a task's stat, the second one being a name in brackets. */
function nicenesses(): number[] {
  const stats = readdirSync('/proc/self/task').map(task => readFileSync(`/proc/self/task/${task}/stat`, 'latin1'))
  return stats.map(stat => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]))
}
