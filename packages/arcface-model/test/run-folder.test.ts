import { join } from 'node:path'
import t from 'tap'
import { checkpointSteps, modelFile, runPaths } from '../src/run-folder.js'

t.test('where everything lies', async t => {
  const paths = runPaths('runs/r50')
  t.equal(paths.config, join('runs/r50', 'config.json'))
  t.equal(paths.metrics, join('runs/r50', 'metrics.jsonl'))
  t.equal(paths.model, join('runs/r50', 'model.onnx'))
  t.same(paths.checkpoint(1000), {
    weights: join('runs/r50', 'checkpoints', 'step-00001000.safetensors'),
    state: join('runs/r50', 'checkpoints', 'step-00001000.json'),
  })
})

t.test('whole checkpoints only, in the order of their steps', async t => {
  const run = t.testdir({
    checkpoints: {
      'step-00000200.json': '',
      'step-00000200.safetensors': '',
      'step-123456789.json': '',
      'step-123456789.safetensors': '',
      'step-00000300.safetensors': '',
      'step-00000400.json': '',
      'step-00000100.json': '',
      'step-00000100.safetensors': '',
      'step-00000500.json.tmp': '',
    },
  })
  t.same(checkpointSteps(run), [100, 200, 123456789])
  t.same(checkpointSteps(t.testdir({})), [])
})

t.test('the model that --model means', async t => {
  const folder = t.testdir({ 'x.onnx': '', run: { 'model.onnx': '' }, other: {} })
  t.equal(modelFile(join(folder, 'x.onnx')), join(folder, 'x.onnx'))
  t.equal(modelFile(join(folder, 'run')), join(folder, 'run', 'model.onnx'))
  t.throws(() => modelFile(join(folder, 'other')), {
    name: 'DataError',
    message: `${join(folder, 'other')}: expected a run's folder with model.onnx in it, found none`,
  })
  t.throws(() => modelFile(join(folder, 'none')), { code: 'ENOENT' })
})
