import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { compile } from '../../src/index.js'
import { onednnLibrary } from './onednn/onednn-library.js'
import { program, v, w, x } from './small-program.js'

/** MiB that 2,000 steps may add: a copy of the state kept in each would be 36. */
const NOISE = 30

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

function resident(): number {
  collectGarbage()
  return process.memoryUsage().rss / 2 ** 20
}

for (const [engine, precision] of [
  ['onnx', 'f32'],
  ['onednn', 'f32'],
  ['onednn', 'bf16'],
] as const)
  t.test(
    `2,000 steps on ${engine} in ${precision} leave memory flat`,
    {
      skip: engine === 'onednn' && onednnLibrary === undefined,
    },
    async t => {
      const executable = await compile(program, { engine, precision, threads: 1 })
      await executable.setState({ w, v })
      const steps = async (count: number) => {
        for (let i = 0; i < count; i++) await executable.step({ x })
      }
      await steps(1000)
      const before = resident()
      await steps(2000)
      const grown = resident() - before
      t.ok(grown < NOISE, `grown by ${grown.toFixed(1)} MiB`)
      await executable.close()
    },
  )

t.test(
  'compiled and closed again and again, an executable leaves nothing',
  {
    skip: onednnLibrary === undefined,
  },
  async t => {
    const once = async () => {
      const executable = await compile(program, { engine: 'onednn', precision: 'f32', threads: 1 })
      await executable.setState({ w, v })
      await executable.step({ x })
      await executable.close()
    }
    for (let i = 0; i < 5; i++) await once()
    const before = resident()
    for (let i = 0; i < 20; i++) await once()
    const grown = resident() - before
    t.ok(grown < 3 * NOISE, `grown by ${grown.toFixed(1)} MiB in 20 times`)
  },
)
