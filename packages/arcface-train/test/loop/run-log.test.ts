/** What a run that goes on keeps of the lines that it wrote before. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runPaths } from '@tiny-face/arcface-model'
import t, { type Test } from 'tap'
import { RunLog } from '../../src/loop/run-log.js'

const lines = (steps: number, more = '') =>
  Array.from({ length: steps }, (_, i) => `${JSON.stringify({ step: i + 1, note: `ü${more}` })}\n`).join('')

function runWith(t: Test, metrics: string, times = metrics): string {
  const run = t.testdir({})
  writeFileSync(runPaths(run).metrics, metrics)
  writeFileSync(runPaths(run).times, times)
  return run
}

const metricsOf = (run: string) => readFileSync(runPaths(run).metrics, 'utf8')

t.test('lines up to the step, whatever a kill left behind them', async t => {
  for (const rest of ['', '{"step":4,"no', '\0\0\0\n{"step":4}\n', '{"step":4}\n{"step":5}\n']) {
    const run = runWith(t, lines(3) + rest)
    new RunLog(run, { step: 3 })
    t.equal(metricsOf(run), lines(3), JSON.stringify(rest))
    t.same(readdirSync(run).sort(), ['metrics.jsonl', 'times.jsonl'])
  }
})

t.test('more lines than are read at once, of several bytes a letter', async t => {
  const wide = 'ü'.repeat(1500)
  const run = runWith(t, lines(1000, wide))
  new RunLog(run, { step: 999 })
  t.equal(metricsOf(run), lines(999, wide))
})

t.test('a verification that is still to come is forgotten', async t => {
  const verified = `${lines(2)}{"step":2,"verification":"lfw"}\n`
  for (const unverified of [false, true]) {
    const run = runWith(t, verified)
    new RunLog(run, { step: 2, unverified })
    t.equal(metricsOf(run), unverified ? lines(2) : verified)
  }
})

t.test('too few lines are an error, and stay', async t => {
  const run = runWith(t, lines(3))
  t.throws(() => new RunLog(run, { step: 4 }), {
    name: 'DataError',
    file: join(run, 'metrics.jsonl'),
    expected: 'lines up to step 4',
    found: 'the last of step 3',
  })
  t.equal(metricsOf(run), lines(3))
  t.same(readdirSync(run).sort(), ['metrics.jsonl', 'times.jsonl'])
})

t.test('a run that begins has none', async t => {
  const run = runWith(t, lines(3))
  new RunLog(run, { step: 0 })
  t.equal(metricsOf(run), '')
})
