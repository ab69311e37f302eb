// Imports of weights that the real frameworks wrote, against the embeddings that the frameworks make. See check-weights.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { inputFiller, openModel } from '@tiny-face/arcface-model'
import { xoroshiro } from '@tiny-face/seeded-random'

/** Images that each network embeds. */
const IMAGES = 4
const SIDE = 112
/**
 * How far an embedding may be from the framework's, as a part of its length. What the last layers add is little beside what has grown before
 * them: with 1e-4 a mistake in one of them passed. Rounding makes 1e-5.
 */
const LIMIT = 2e-5
const FRAMEWORKS = ['torch', 'mxnet', 'tensorflow']

interface Case {
  readonly name: string
  readonly file: string
  /** Of arcface-import, where a file may be of several sources. */
  readonly from?: string
}

const here = fileURLToPath(new URL('.', import.meta.url))
const command = fileURLToPath(new URL('../../packages/arcface-model/bin/arcface-import.js', import.meta.url))
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { keep: { type: 'string' }, engine: { type: 'string', default: 'onnx' } },
})
const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'tiny-face-weights-'))
let failed = 0
try {
  const { uniform } = xoroshiro(1)
  const pixels = Uint8Array.from({ length: IMAGES * SIDE * SIDE * 3 }, () => 256 * uniform())
  writeFileSync(join(folder, 'images.u8'), pixels)
  for (const framework of positionals.length > 0 ? positionals : FRAMEWORKS) {
    const list = join(folder, `cases-${framework}.json`)
    if (!existsSync(list)) make(framework)
    const cases = JSON.parse(readFileSync(list, 'utf8')) as Case[]
    for (const given of cases) await check(given, pixels)
  }
} finally {
  if (values.keep === undefined) rmSync(folder, { recursive: true })
}
console.log(`${failed} differ`)
process.exitCode = failed === 0 ? 0 : 1

function make(framework: string): void {
  const script = `make-weights-${framework}.py`
  const { status, stderr } = spawnSync(join(here, 'run'), [framework, script, folder], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${script}: ${stderr.slice(-2000)}`)
}

async function check({ name, file, from }: Case, pixels: Uint8Array): Promise<void> {
  const run = join(folder, 'run')
  const args = [join(folder, file), '--out', run, '--force', ...(from === undefined ? [] : ['--from', from])]
  const { status, stderr } = spawnSync(process.execPath, [command, ...args], { encoding: 'utf8' })
  if (status !== 0) return report(name, false, stderr.trim())
  const expected = new Float32Array(Uint8Array.from(readFileSync(join(folder, `${name}.f32`))).buffer)
  const found = await embeddings(run, pixels)
  const size = expected.length / IMAGES
  const errors = Array.from({ length: IMAGES }, (_, i) => relativeError(found, expected, i * size, size))
  const worst = found.length === expected.length ? Math.max(...errors) : Number.NaN
  report(name, worst <= LIMIT, `${worst.toExponential(1)}; ${stderr.split('\n')[0]!.replace('arcface-import: ', '')}`)
}

function report(name: string, isGood: boolean, found: string): void {
  if (!isGood) failed++
  console.log(`${isGood ? 'ok' : 'NOT OK'}  ${name}: ${found}`)
}

async function embeddings(run: string, pixels: Uint8Array): Promise<Float32Array> {
  const engine = values.engine as 'onnx'
  const model = await openModel(run, { engine, batchSize: IMAGES })
  try {
    const fill = inputFiller(model.normalisation, model.shape)
    const input = new Float32Array(pixels.length)
    const area = pixels.length / IMAGES
    for (let i = 0; i < IMAGES; i++) fill(input, i, pixels.subarray(i * area, (i + 1) * area), false)
    return await model.embed(input, IMAGES)
  } finally {
    await model.close()
  }
}

/** |found - expected| / |expected|, of one vector. */
function relativeError(found: Float32Array, expected: Float32Array, start: number, size: number): number {
  let [difference, length] = [0, 0]
  for (let i = start; i < start + size; i++) {
    difference += (found[i]! - expected[i]!) ** 2
    length += expected[i]! ** 2
  }
  return Math.sqrt(difference / length)
}
