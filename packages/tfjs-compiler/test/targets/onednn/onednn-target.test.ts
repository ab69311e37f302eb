import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { compile, type Program, UnsupportedKernel } from '../../../src/index.js'
import { program, v, w, x } from '../small-program.js'
import { onednnLibrary } from './onednn-library.js'

t.test('engine onednn', { skip: onednnLibrary === undefined }, async t => {
  t.test('it trains, in either precision, as plain tfjs does', async t => {
    const losses: Record<string, number[]> = {}
    for (const [engine, precision] of [
      ['reference', 'f32'],
      ['onednn', 'f32'],
      ['onednn', 'bf16'],
    ] as const) {
      const executable = await compile(program, { engine, precision, threads: 2 })
      await executable.setState({ w, v })
      losses[`${engine} ${precision}`] = []
      for (let i = 0; i < 10; i++) losses[`${engine} ${precision}`]!.push((await executable.step({ x })).loss![0]!)
      await executable.close()
    }
    const expected = losses['reference f32']!
    t.ok(expected[9]! < expected[0]! / 2, `the loss falls, from ${expected[0]} to ${expected[9]}`)
    for (const [name, tolerance] of [
      ['onednn f32', 1e-5],
      ['onednn bf16', 2e-2],
    ] as const)
      for (const [i, loss] of expected.entries())
        t.ok(Math.abs(losses[name]![i]! / loss - 1) < tolerance, `${name}, step ${i}: ${losses[name]![i]} and ${loss}`)
  })

  t.test('the same steps give the same bits', async t => {
    const states = []
    for (let run = 0; run < 2; run++) {
      const executable = await compile(program, { engine: 'onednn', precision: 'bf16', threads: 2 })
      await executable.setState({ w, v })
      for (let i = 0; i < 5; i++) await executable.step({ x })
      states.push(await executable.getState())
      await executable.close()
    }
    t.same(states[0], states[1])
  })

  t.test('what is wrong with a question is said, and the next one is answered', async t => {
    const executable = await compile(program, { engine: 'onednn', precision: 'f32' })
    await t.rejects(executable.step({ x }), /state \w was never set/)
    await t.rejects(executable.setState({ q: x }), /q is no state/)
    await executable.setState({ w, v })
    await t.rejects(executable.step({ x: w }), /x: expected float32\[2,8,8,16\], found 2304 values/)
    t.ok((await executable.step({ x })).loss)
    const closing = [executable.close(), executable.close()]
    await t.rejects(executable.step({ x }), /closed/)
    await Promise.all(closing)
    await executable.close()
    await t.rejects(executable.step({ x }), /closed/)
  })

  t.test('a kernel without a rule is named', async t => {
    const odd: Program = {
      run: ({ x, at }) => ({ y: tf.gather(x!, at as tf.Tensor2D, 1, 1) }),
      inputs: { x: { shape: [2, 3], dtype: 'float32' }, at: { shape: [2, 2], dtype: 'int32' } },
      state: new Map(),
    }
    await t.rejects(compile(odd, { engine: 'onednn' }), {
      constructor: UnsupportedKernel,
      kernel: 'GatherV2',
      target: 'onednn',
      message: /no rule for kernel GatherV2/,
    })
  })

  t.test("Node's loop turns while a step runs", async t => {
    const executable = await compile(program, { engine: 'onednn', precision: 'f32', threads: 1 })
    await executable.setState({ w, v })
    let turns = 0
    let done = false
    const turning = (async () => {
      while (!done) {
        turns++
        await new Promise(resolve => setImmediate(resolve))
      }
    })()
    for (let i = 0; i < 20; i++) await executable.step({ x })
    done = true
    await turning
    t.ok(turns > 20, `${turns} turns in 20 steps`)
    await executable.close()
  })
})
