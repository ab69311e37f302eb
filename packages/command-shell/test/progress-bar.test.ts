import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { barLine, summaryLine } from '../src/progress-bar.js'

t.test('the bar says how much, how fast and how long still', async t => {
  t.equal(
    barLine({ unit: 'images', total: 400, count: 100, seconds: 10, text: 'loss 2.5' }),
    '██████░░░░░░░░░░░░░░░░░░ 25% 100/400  10.0 images/s  0:30 left  loss 2.5',
  )
  t.equal(barLine({ unit: 'records', count: 5000, seconds: 2, text: '' }), '5000 records  2500 records/s')
  t.match(barLine({ unit: 'steps', total: 4, count: 4, seconds: 62, text: '' }), /100% 4\/4 {2}0\.1 steps\/s {2}1:02$/)
})

t.test('one is told as one', async t => {
  const state = { count: 1, bytes: 0, seconds: 2 }
  t.equal(summaryLine({ ...state, unit: 'records' }), '1 record in 2.00 s, 0.5 records/s')
  t.equal(summaryLine({ ...state, unit: 'images checked' }), '1 image checked in 2.00 s, 0.5 images/s')
  t.equal(summaryLine({ ...state, count: 3, unit: 'blocks of pairs' }), '3 blocks of pairs in 2.00 s, 1.5 blocks/s')
})

const SOURCE = new URL('../src/index.ts', import.meta.url).href
const ON_TERMINAL = { skip: process.platform !== 'linux' && 'util-linux has the program that makes a terminal' }

/** What a command that counts three records writes to a terminal, with ␛ for ESC. */
function onTerminal(folder: string, { args = '', piped = false, end = 'done' } = {}): string {
  const command = `${process.execPath} --import=${import.meta.resolve('tsx')} ${join(folder, 'count.mjs')} ${args}${piped ? ' | cat' : ''}`
  const env = { ...process.env, END: end }
  return spawnSync('script', ['--quiet', '--command', command, '/dev/null'], {
    encoding: 'utf8',
    env,
  }).stdout.replaceAll('\u001b', '␛')
}

const COUNT = `import { progressBar, runCommand } from '${SOURCE}'
await runCommand({ name: 'x-dump', summary: 'Dumps.', example: 'x-dump', run() {
  const bar = progressBar({ unit: 'records', total: 4 })
  bar.note('loss 2.5')
  bar.advance(3, 2e6)
  if (process.env.END === 'throw') throw new Error('no more')
  bar.done()
} })`
const BAR = /\r█{18}░{6} 75% 3\/4 {2}[\d.]+ records\/s {2}\d+:\d\d left {2}loss 2\.5␛\[K/

t.test('on a terminal it is drawn over itself, and a line stays', ON_TERMINAL, async t => {
  const folder = t.testdir({ 'count.mjs': COUNT })
  const [drawn, said, ...rest] = onTerminal(folder).split('\r\n')
  t.match(drawn, new RegExp(`^${BAR.source}${BAR.source}$`), 'once as it advances, once at the end')
  t.match(said, /^\rx-dump: 3 records, 2\.0 MB in [\d.]+ s, .* records\/s, .*B\/s␛\[K$/)
  t.strictSame(rest, [''])
})

t.test('of a pipeline only the last stage draws; under --quiet none', ON_TERMINAL, async t => {
  const folder = t.testdir({ 'count.mjs': COUNT })
  t.match(onTerminal(folder, { piped: true }), /^\rx-dump: 3 records.*\r\n$/)
  t.equal(onTerminal(folder, { args: '--quiet' }), '')
})

t.test('what fails is said on a line of its own, below the bar', ON_TERMINAL, async t => {
  const folder = t.testdir({ 'count.mjs': COUNT })
  const [drawn, said] = onTerminal(folder, { end: 'throw' }).split('\r\n')
  t.match(drawn, new RegExp(`^${BAR.source}$`))
  t.equal(said, '\rx-dump: internal: no more␛[K')
})
