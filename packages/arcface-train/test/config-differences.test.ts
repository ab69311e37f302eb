import t from 'tap'
import { configDifferences } from '../src/config-differences.js'
import { aConfig } from './a-config.js'

t.test('the same settings, however they came about, differ in nothing', async t => {
  const config = aConfig({ clip: 5 })
  t.strictSame(configDifferences(config, JSON.parse(JSON.stringify(config))), [])
})

t.test('what decides a step is named with both values', async t => {
  const run = aConfig({ head: 'cosface' })
  t.strictSame(configDifferences(run, aConfig({ head: 'cosface', batchSize: 32, clip: 5, init: 'runs/a' })), [
    'batchSize: 64 in the run, 32 now',
    'steps: 30 in the run, 62 now',
    'clip: none in the run, 5 now',
    'init: none in the run, runs/a now',
  ])
  t.strictSame(configDifferences(run, aConfig({ head: 'cosface', margin: 0.3 })), [
    'head: {"kind":"cosface","margin":0.35,"scale":64} in the run, {"kind":"cosface","margin":0.3,"scale":64} now',
  ])
})

t.test('other data of the same size is told from the same data elsewhere', async t => {
  const set = { count: 1000, classes: 10, source: 'shards', fingerprint: 'a' }
  const run = aConfig({}, set)
  t.strictSame(configDifferences(run, aConfig({}, { ...set, source: '/mnt/shards' })), [])
  t.strictSame(configDifferences(run, aConfig({}, { ...set, fingerprint: 'b' })), [
    'data: other images or labels than those of the run, or in another order',
  ])
  const { fingerprint: _, ...older } = run
  t.strictSame(configDifferences(older, run), [], 'a run of an older version has none')
})

t.test('how far it goes, what it keeps, and where files lie, may differ', async t => {
  const verify = [{ name: 'lfw', file: 'lfw.bin' }]
  t.strictSame(configDifferences(aConfig({ verify }), aConfig({ verify, stopAfter: 1, keep: 9, patience: 2 })), [])
  t.strictSame(configDifferences(aConfig(), aConfig({ skipNonfinite: 3 })), [])
  const moved = { ...aConfig({ verify: [{ name: 'lfw', file: '/mnt/lfw.bin' }], init: 'b' }), source: '/mnt/shards' }
  t.strictSame(configDifferences(aConfig({ verify, init: 'a' }), moved), [])
  t.match(configDifferences(aConfig({ verify }), aConfig({ verify: [{ name: 'cfp', file: 'lfw.bin' }] })), [/verify/])
})
