import t from 'tap'
import { processorFeatures } from '../src/index.js'
import { cpuinfoFlags, featuresOf, sysctlFlags } from '../src/processor-features.js'

t.test('Linux', async t => {
  const cpuinfo = (flags: string) => `processor\t: 0\nvendor_id\t: X\nflags\t\t: ${flags}\nbugs\t\t: none\n`
  const avx512 = 'fpu avx2 fma avx512f avx512bw avx512vl avx512dq'
  for (const [flags, features] of [
    ['fpu sse2', { avx2: false, avx512: false, bf16: false, amx: false }],
    ['fpu avx2 fma', { avx2: true, avx512: false, bf16: false, amx: false }],
    [avx512, { avx2: true, avx512: true, bf16: false, amx: false }],
    [`${avx512} avx512_bf16`, { avx2: true, avx512: true, bf16: true, amx: false }],
    [`${avx512} avx512_bf16 amx_tile amx_bf16`, { avx2: true, avx512: true, bf16: true, amx: true }],
  ] as const)
    t.strictSame(featuresOf(cpuinfoFlags(cpuinfo(flags))), features, flags)
  t.strictSame(featuresOf(cpuinfoFlags('processor\t: 0\nFeatures\t: fp asimd bf16\n')).avx2, false, 'Arm')
  t.equal(cpuinfoFlags('nothing of the kind'), undefined)
})

t.test('a Mac', async t => {
  const sysctl = 'hw.optional.avx2_0: 1\nhw.optional.fma: 1\nhw.optional.avx512f: 0\nhw.optional.floatingpoint: 1\n'
  t.strictSame(featuresOf(sysctlFlags(sysctl)), { avx2: true, avx512: false, bf16: false, amx: false })
})

t.test('where nobody says', async t => {
  t.strictSame(featuresOf(undefined), { avx2: undefined, avx512: undefined, bf16: undefined, amx: undefined })
})

t.test('this machine', async t => {
  const { model, threads } = processorFeatures()
  t.ok(model.length > 0 && threads >= 1, `${model}, ${threads} threads`)
})
