import { spawnSync } from 'node:child_process'
import t from 'tap'

/** In a process of its own, without what tap loads into each (by NODE_OPTIONS), which listens too: a signal that nobody listens to ends it. */
function stopped(then: string) {
  const url = new URL('../../src/commands/stop-signal.ts', import.meta.url).href
  const program = `
    import { stopSignal } from ${JSON.stringify(url)}
    const signal = stopSignal({ ranks: 1 })
    const kill = () => process.kill(process.pid, 'SIGTERM')
    signal.addEventListener('abort', () => ${then})
    kill()
    setInterval(() => {}, 1000)
  `
  const node = [process.execPath, '--import=tsx', '--input-type=module', '-e', program]
  const { status, signal } = spawnSync('env', ['-u', 'NODE_OPTIONS', ...node])
  return { status, signal }
}

t.test('a signal that comes twice at once, as from timeout, stops once', async t => {
  t.strictSame(stopped('{ kill(); setImmediate(() => process.exit(7)) }'), { status: 7, signal: null })
})

t.test('a second one, later, ends the process', async t => {
  t.strictSame(stopped('setInterval(kill, 100)'), { status: null, signal: 'SIGTERM' })
})
