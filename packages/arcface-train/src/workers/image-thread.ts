/** The thread of `ImageThreadPool`: answers its tasks in their order, each with what is wrong with its images or with what it threw. */
import { getPriority, setPriority } from 'node:os'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { type ImageSetup, type ImageTask, runTask } from './image-task.js'

/** -20 to 19: at 10 onnxruntime's threads, which do not sleep, lose 3% more; at 19 two runs on the same processors starve each other's images. */
const NICENESS = 15

// What computes goes first: all threads of a step wait for the one whose processor was taken, and leave processors idle in between.
// Linux alone has a priority for each thread; elsewhere this would be the whole process's. Under `nice -n 19` nothing is to be done:
// who is nicer already may not become less so.
if (process.platform === 'linux' && getPriority() < NICENESS) setPriority(NICENESS)

const port = parentPort as MessagePort
const setup = workerData as ImageSetup
let previous = Promise.resolve()
let closed = false

port.on('message', (message: ImageTask | 'close') => {
  if (message !== 'close') {
    previous = previous.then(() => answer(message))
    return
  }
  closed = true
  port.close()
})

async function answer(task: ImageTask): Promise<void> {
  if (closed) return
  try {
    port.postMessage({ faults: await runTask(task, setup) })
  } catch (error) {
    port.postMessage({ error })
  }
}
