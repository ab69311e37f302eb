import { spawnSync } from 'node:child_process'
import { getPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { ImageThreadPool } from '../../src/workers/image-thread-pool.js'
import { SETUP, taskOf } from './image-tasks.js'

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
t.test('they leave processors to what computes, and take none back from others', onLinux, async t => {
  const script = fileURLToPath(new URL('./print-niceness.ts', import.meta.url))
  const printed = (more: number) => {
    const command = [process.execPath, '--import=tsx', script]
    const { stdout, stderr } = spawnSync('nice', ['-n', `${more}`, ...command], { encoding: 'utf8' })
    return stdout.trim() || stderr
  }
  // These tests may themselves run with a low priority.
  const own = getPriority()
  t.equal(printed(0), own < 15 ? `${own}: 15, 15` : `${own}: none`)
  t.equal(printed(19), '19: none')
})

t.test('closed while there is work: the threads end, and take no more', async t => {
  const threads = new ImageThreadPool(SETUP, 1)
  for (let i = 0; i < 20; i++) threads.run(await taskOf(0, 1, 2)).catch(() => {})
  await threads.close()
  await t.rejects(threads.run(await taskOf(0)), { message: 'the image threads are closed' })
  await threads.close()
})
