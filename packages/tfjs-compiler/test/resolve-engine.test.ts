import t from 'tap'
import { type EngineChoice, type EngineWish, type Precision, resolveEngine } from '../src/index.js'

const PROCESSORS = {
  old: { avx2: false, avx512: false, bf16: false },
  unknown: { avx2: undefined, avx512: undefined, bf16: undefined },
  avx2: { avx2: true, avx512: false, bf16: false },
  avx512: { avx2: true, avx512: true, bf16: false },
  new: { avx2: true, avx512: true, bf16: true },
  'slow at bf16': { avx2: true, avx512: true, bf16: true },
}

const choose = (
  processor: keyof typeof PROCESSORS,
  hasOneDnn: boolean,
  wish: EngineWish = {},
  couldHave = true,
): EngineChoice => {
  const bf16IsFaster = () => processor === 'new' || t.fail('measured without need')
  const slow = processor === 'slow at bf16'
  return resolveEngine(wish, {
    processor: PROCESSORS[processor],
    hasOneDnn,
    couldHave,
    bf16IsFaster: slow ? () => false : bf16IsFaster,
  })
}

t.test(
  'auto takes onednn where it is installed and the processor is fit, else onnx, and says what is missing',
  async t => {
    t.strictSame(choose('new', true), { engine: 'onednn', precision: 'bf16' })
    t.strictSame(choose('avx2', true), { engine: 'onednn', precision: 'f32' })
    t.strictSame(choose('slow at bf16', true), { engine: 'onednn', precision: 'f32' })
    t.strictSame(choose('slow at bf16', true, { precision: 'bf16' }), { engine: 'onednn', precision: 'bf16' })
    t.strictSame(choose('avx2', true, { precision: 'f32' }), { engine: 'onednn', precision: 'f32' })
    t.match(choose('new', false), { engine: 'onnx', precision: 'f32', remark: /engine-install onednn/ })
    t.strictSame(choose('new', false, {}, false), { engine: 'onnx', precision: 'f32' }, 'none for this system')
    for (const processor of ['old', 'unknown'] as const)
      t.strictSame(choose(processor, false), { engine: 'onnx', precision: 'f32' }, 'none that would run')
    for (const processor of ['old', 'unknown'] as const)
      t.match(choose(processor, true), { engine: 'onnx', precision: 'f32', remark: /needs a processor with AVX2/ })
  },
)

t.test('an engine by name is taken; bf16 where that is faster', async t => {
  t.strictSame(choose('new', true, { engine: 'onnx' }), { engine: 'onnx', precision: 'f32' })
  t.strictSame(choose('new', false, { engine: 'reference', precision: 'f32' }), {
    engine: 'reference',
    precision: 'f32',
  })
  for (const [processor, precision] of [
    ['new', 'bf16'],
    ['avx2', 'f32'],
    ['old', 'f32'],
  ] as const)
    t.strictSame(choose(processor, true, { engine: 'onednn' }), { engine: 'onednn', precision })
  for (const precision of ['f32', 'bf16'] satisfies Precision[])
    t.strictSame(choose('avx512', true, { engine: 'onednn', precision }), { engine: 'onednn', precision })
  t.strictSame(choose('avx512', true, { precision: 'bf16' }), { engine: 'onednn', precision: 'bf16' })
  t.throws(() => choose('avx2', true, { precision: 'bf16' }), {
    name: 'UsageError',
    message: /only on a processor with AVX-512/,
  })
})

t.test('what is not there is one sentence with the command that installs it', async t => {
  const missing = { name: 'DataError', message: 'engine onednn is not installed: engine-install onednn installs it' }
  t.throws(() => choose('new', false, { engine: 'onednn' }), missing)
  t.throws(() => choose('new', false, { precision: 'bf16' }), missing)
  for (const engine of ['onnx', 'tensorflow', 'reference'] as const)
    t.throws(() => choose('new', true, { engine, precision: 'bf16' }), {
      name: 'UsageError',
      message: `engine ${engine} computes in f32; only onednn computes in bf16`,
    })
})
