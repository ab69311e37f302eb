/** Prints how nice this process is, and which of its threads are otherwise while two make images: "19: none". */
import { readdirSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { ImageThreadPool } from '../../src/workers/image-thread-pool.js'
import { SETUP, taskOf } from './image-tasks.js'

const threads = new ImageThreadPool(SETUP, 2)
await Promise.all([threads.run(await taskOf(0)), threads.run(await taskOf(1))])
const own = getPriority()
const others = nicenesses().filter(nice => nice !== own)
console.log(`${own}: ${others.join(', ') || 'none'}`)
await threads.close()

/** Of all threads of this process, -20 to 19: proc(5), field 19 of a task's stat, the second one being a name in brackets. */
function nicenesses(): number[] {
  const stats = readdirSync('/proc/self/task').map(task => readFileSync(`/proc/self/task/${task}/stat`, 'latin1'))
  return stats.map(stat => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]))
}
