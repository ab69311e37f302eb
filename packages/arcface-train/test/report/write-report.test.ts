import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { TrainingConfig } from '../../src/index.js'
import { writeReport } from '../../src/report/index.js'
import { type RunHistory, readRunHistory } from '../../src/report/run-history.js'
import { trainingPage } from '../../src/report/training-page.js'
import { aConfig } from '../a-config.js'

const CONFIG: TrainingConfig = {
  ...aConfig(
    { epochs: 20, verify: [{ name: 'lfw', file: 'lfw.bin' }] },
    { count: 6400, classes: 158, source: 'shards' },
  ),
  engine: 'onednn',
}
const FIGURES = {
  deviation: 0.0123,
  threshold: 1.44,
  tar: { '1e-1': 0.99, '1e-2': 0.95, '1e-3': 0.9, '1e-4': 0.85 },
  auc: 0.99,
  eer: 0.03,
  norm: 21.5,
}

const stepLine = (step: number) => ({
  step,
  epoch: Math.floor((step - 1) / 100),
  loss: 30 / (1 + step / 50) + Math.sin(step),
  accuracy: Math.min(1, step / 2000),
  learningRate: 0.1 * (1 - step / 2000),
  gradientNorm: step % 100 === 7 ? 4000 : 2 + Math.cos(step),
})
const verificationLine = (step: number, verification: string, accuracy: number) => ({
  step,
  epoch: step / 100,
  verification,
  accuracy,
  ...FIGURES,
})
const lines = (values: readonly object[]) => values.map(value => `${JSON.stringify(value)}\n`).join('')

/** A run of so many steps, verified on some sets every 100. */
function runOf(
  t: Test,
  { steps = 2000, sets = ['lfw', 'cfp_fp'], config = {} as Partial<TrainingConfig>, times = true, name = 'run' } = {},
): string {
  const metrics: object[] = []
  const spent: object[] = []
  for (let step = 1; step <= steps; step++) {
    metrics.push(stepLine(step))
    spent.push({ step, seconds: 0.5, waited: 0.05 })
    if (step % 100 > 0) continue
    for (const [i, set] of sets.entries()) {
      metrics.push(verificationLine(step, set, 0.9 + step / 40_000 - i / 20 - (step === 2000 ? 0.01 : 0)))
      spent.push({ step, verification: set, seconds: 12 })
    }
    spent.push({ step, checkpoint: true, seconds: 1 })
  }
  const folder = t.testdir({
    [name]: {
      'config.json': JSON.stringify({ ...CONFIG, ...config }),
      'metrics.jsonl': lines(metrics),
      ...(times ? { 'times.jsonl': lines(spent) } : {}),
    },
  })
  return join(folder, name)
}

async function pageOf(run: string): Promise<string> {
  await writeReport(run)
  return readFileSync(join(run, 'report.html'), 'utf8')
}

t.test('holds what the files say', async t => {
  const run = runOf(t)
  const html = await pageOf(run)
  t.strictSame(readdirSync(run), ['config.json', 'metrics.jsonl', 'report.html', 'times.jsonl'], 'nothing else is left')
  t.match(html, 'mobilefacenet · 6\u202f400 images of 158 people · engine onednn, f32')
  t.match(html, '<dt>Steps</dt><dd><b>2\u202f000</b><span>of 2\u202f000, 20 epochs</span>')
  const recent = Array.from({ length: 100 }, (_, i) => stepLine(1901 + i).loss)
  const loss = recent.reduce((sum, value) => sum + value, 0) / 100
  t.match(html, `<b>${Number(loss.toPrecision(4))}</b><span>mean of the last 100 steps`)
  t.match(html, '<dt>Accuracy on lfw</dt><dd><b>94.75 %</b><span>± 1.23 at step 1\u202f900, the best')
  t.match(html, '<dt>Images a second</dt><dd><b>128</b><span>500 ms a step')
  // 1,000 s of steps, 480 of verifications, 20 of checkpoints.
  t.match(html, '<dt>Time</dt><dd><b>25 min 0 s</b><span>6.7 % waiting for data')
  t.match(
    html,
    '<tr><th scope="row">Steps, computing</th><td>2\u202f000</td><td>15 min 0 s</td><td>450 ms</td><td>60.0 %</td>',
  )
  t.match(html, '<tr><th scope="row">Steps, waiting for data</th><td>2\u202f000</td><td>1 min 40 s</td><td>50 ms</td>')
  t.match(
    html,
    '<tr><th scope="row">Verification on cfp_fp</th><td>20</td><td>4 min 0 s</td><td>12.0 s</td><td>16.0 %</td>',
  )
  t.match(html, '<tr><th scope="row">Checkpoints</th><td>20</td><td>20.0 s</td><td>1.0 s</td><td>1.3 %</td>')
  t.match(
    html,
    '<th scope="row">cfp_fp</th><td>89.75 % ± 1.23</td><td>1\u202f900</td><td>89.00 % ± 1.23</td><td>1.44</td><td>99.00 %</td>',
  )
  for (const [name, value] of [
    ['head.kind', 'arcface'],
    ['learningRates', '0.1'],
    ['boundaries', 'none'],
    ['verify', 'lfw = lfw.bin'],
  ]) {
    t.match(html, `<div><dt>${name}</dt><dd>${value}</dd></div>`)
  }
  for (const title of ['Loss', 'Accuracy in verification', 'Accuracy in training', 'Learning rate', 'Gradient norm'])
    t.match(html, `<h2>${title}</h2>`)
  t.equal(html.match(/<svg [^>]*role="img" aria-labelledby/g)?.length, 5)
})

t.test('the set that picks the best checkpoint is the one at the head', async t => {
  t.match(await pageOf(runOf(t, { config: { best: 'cfp_fp' } })), '<dt>Accuracy on cfp_fp</dt>')
})

t.test('is well formed whatever the run, and every number in its charts is one and in the frame', async t => {
  for (const options of [
    { name: 'whole' },
    { name: 'one step', steps: 1 },
    { name: 'no step', steps: 0 },
    { name: 'no sets', sets: [] },
    { name: 'no times', times: false },
    { name: 'many sets', sets: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] },
    { name: 'two steps', steps: 2 },
  ]) {
    const run = options.name
    const html = await pageOf(runOf(t, options))
    t.equal(unbalanced(html), undefined, run)
    t.notMatch(html, /NaN|Infinity|undefined|\[object/)
    for (const [, name, text] of html.matchAll(/ (x|x1|x2|cx|y|y1|y2|cy)="([^"]*)"/g)) {
      const value = Number(text)
      if (!(value >= 0 && value <= (name!.includes('x') ? 560 : 380))) t.fail(`${run}: ${name}=${text}`)
    }
    for (const [, path] of html.matchAll(/ d="([^"]*)"/g)) {
      for (const [, x, y] of path!.matchAll(/[ML]([-\d.]+) ([-\d.]+)/g))
        if (Number(x) < 68 || Number(x) > 544 || Number(y) < 40 || Number(y) > 326) t.fail(`${run}: ${x} ${y}`)
    }
  }
})

t.test('a constant, what is not finite, and values far apart can be drawn', async t => {
  const folder = t.testdir({
    'config.json': JSON.stringify(CONFIG),
    'metrics.jsonl': lines([
      { step: 1, loss: 1e9, accuracy: 0, learningRate: 1e-7, gradientNorm: null },
      { step: 2, loss: 1e-9, accuracy: 0, learningRate: 1e-7, gradientNorm: null },
    ]),
  })
  const html = await pageOf(folder)
  t.match(html, 'nothing recorded')
  t.match(html, /10⁹|10⁸/)
  t.notMatch(html, /NaN|Infinity|undefined/)
})

t.test('escapes what comes from the run, and keeps every script', async t => {
  const hostile = `"><script>alert('x')</script>&`
  const html = await pageOf(
    runOf(t, { sets: [hostile, '顔の検証 Ω'], name: 'läufe-人脸', config: { source: hostile } }),
  )
  t.notMatch(html, /<script/)
  t.notMatch(html, "'x'")
  t.match(html, '&#34;&#62;&#60;script&#62;alert(&#39;x&#39;)&#60;/script&#62;&#38;')
  t.match(html, '顔の検証 Ω')
  t.match(html, '<title>Training run: läufe-人脸</title>')
  t.equal(unbalanced(html), undefined)
})

t.test('fetches nothing and runs nothing; the same files give the same bytes', async t => {
  const run = runOf(t)
  const html = await pageOf(run)
  t.notMatch(html, /https?:|<script|<link|@import|url\(|\son\w+=/)
  t.match(html, "default-src 'none'")
  t.equal(await pageOf(run), html)
})

t.test('a page of 700,000 steps is as small as any', async t => {
  const steps = Array.from({ length: 700_000 }, (_, i) => i + 1)
  const history: RunHistory = {
    ...(await readRunHistory(runOf(t, { steps: 0 }))),
    steps: {
      step: steps,
      loss: steps.map(step => (step === 350_000 ? 1000 : 5 + Math.sin(step))),
      accuracy: steps.map(() => 0.5),
      learningRate: steps.map(step => 1 / step),
      gradientNorm: steps.map(step => 2 + Math.cos(step)),
    },
  }
  const html = trainingPage('long', history)
  t.ok(html.length < 200_000, `${html.length} characters`)
  // The one step of 1000 is at the top of the axis, which ends there.
  const band = /<path class="band" d="([^"]*)"/.exec(html)![1]!
  const top = Math.min(...[...band.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y)))
  t.ok(top < 45, `the peak reaches ${top}`)
})

t.test('a line that a kill cut off is left out; damage within is named', async t => {
  const run = runOf(t, { steps: 300 })
  const metrics = join(run, 'metrics.jsonl')
  const whole = readFileSync(metrics, 'utf8')
  writeFileSync(metrics, `${whole}{"step":301,"lo`)
  const { steps } = await readRunHistory(run)
  t.strictSame([steps.step.length, steps.step.at(-1)], [300, 300])
  writeFileSync(metrics, `{"step":1,"lo\n${whole}`)
  await t.rejects(writeReport(run), {
    name: 'DataError',
    message: new RegExp(`^${metrics}: record 0: expected JSON, found `),
  })
  t.notOk(readdirSync(run).includes('report.html'))
})

/** The first tag that is closed in the wrong place or not at all. */
function unbalanced(html: string): string | undefined {
  const VOID = new Set(['meta', 'img', 'br'])
  const open: string[] = []
  for (const [tag, slash, name, close] of html
    .replace(/<!DOCTYPE html>/, '')
    .matchAll(/<(\/?)([a-z0-9]+)[^>]*?(\/?)>/g)) {
    if (slash === '/') {
      if (open.pop() !== name) return tag
    } else if (!VOID.has(name!) && close !== '/') open.push(name!)
  }
  return open[0]
}
