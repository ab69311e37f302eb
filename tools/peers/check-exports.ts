import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  ARCFACE_TORCH_NETWORKS,
  NETWORK_NAMES,
  NETWORKS,
  type NetworkName,
  networkVariables,
  PRESETS,
  runPaths,
  writeCheckpoint,
} from '@tiny-face/arcface-model'
import { writeBin } from '@tiny-face/bin-stream'
import { drawFace } from '@tiny-face/drawn-faces'
import { encodePng } from '@tiny-face/image-stream'
import { openSession } from '@tiny-face/onnx-session'
import { randomFrom } from '@tiny-face/seeded-random'

/** Further off than this is no rounding. Kernels of float16 and int8 differ by the steps that they round to. */
const MOST_OFF = { f32: 1e-4, f16: 1e-2, int8: 0.1 } as const
/** The runtimes come from the same sources; this is the one that onnxruntime-node is pinned to. */
const WEB = 'onnxruntime-web@1.30.0'
const BATCH = 8

const here = fileURLToPath(new URL('.', import.meta.url))
const command = fileURLToPath(new URL('../../packages/arcface-model/bin/arcface-export.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'tiny-face-exports-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
execFileSync('npm', ['install', '--silent', '--ignore-scripts', '--prefix', folder, WEB], { stdio: 'inherit' })
const python = execFileSync(join(here, 'run'), ['onnxruntime'], { encoding: 'utf8' }).trim()

const wanted = process.argv.slice(2) as NetworkName[]
let failed = 0
for (const name of wanted.length > 0 ? wanted : (['mobilefacenet', 'ir50'] as const)) {
  if (!NETWORK_NAMES.includes(name)) throw new Error(`no network ${name}: there are ${NETWORK_NAMES.join(', ')}`)
  const { size, embeddingSize } = NETWORKS[name]
  const run = perturbedRun(name)
  const faces = await facesBin()
  const images = join(folder, 'images.f32')
  const random = randomFrom([7, 0, 0, 0])
  writeFileSync(
    images,
    Float32Array.from({ length: BATCH * 3 * size * size }, () => 2 * random.uniform() - 1),
  )
  if (ARCFACE_TORCH_NETWORKS.includes(name)) await checkTorch(name, run, images)
  for (const precision of ['f32', 'f16', 'int8'] as const) {
    const model = join(folder, `${name}-${precision}.onnx`)
    const more = precision === 'int8' ? ['--calibrate', faces] : []
    execFileSync(process.execPath, [command, run, '--precision', precision, ...more, '--out', model, '--quiet'])
    const ours = await embedded(model, images, size)
    const out = join(folder, 'out.f32')
    const about = [model, images, `${BATCH}`, `${size}`, out]
    execFileSync(python, [join(here, 'embed-python.py'), ...about])
    const inPython = floats(out)
    execFileSync(process.execPath, [join(here, 'embed-web.mjs'), join(folder, 'node_modules'), ...about])
    const inWeb = floats(out)
    const off = [inPython, inWeb].map(other => furthest(ours, other, embeddingSize))
    const isWrong = off.some(most => !(most < MOST_OFF[precision]))
    if (isWrong) failed++
    console.log(
      `${name} ${precision}: onnxruntime's Python ${off[0]!.toExponential(1)}, web ${off[1]!.toExponential(1)} off${isWrong ? '  TOO FAR' : ''}`,
    )
  }
}
console.log(`${failed} differ`)
process.exitCode = failed > 0 ? 1 : 0

/** The tensors under arcface_torch's names, loaded strictly by its network in real PyTorch. */
async function checkTorch(name: NetworkName, run: string, images: string): Promise<void> {
  const { size, embeddingSize } = NETWORKS[name]
  const model = join(folder, `${name}.onnx`)
  const tensors = join(folder, `${name}.safetensors`)
  execFileSync(process.execPath, [command, run, '--out', model, '--quiet'])
  execFileSync(process.execPath, [command, run, '--names', 'arcface_torch', '--out', tensors, '--quiet'])
  const out = join(folder, 'out.f32')
  // Its networks take (x - 127.5) / 127.5 of the same pixels.
  const theirs = join(folder, 'theirs.f32')
  const factor = PRESETS[NETWORKS[name].preprocess].std[0]! / PRESETS.arcface.std[0]!
  writeFileSync(
    theirs,
    floats(images).map(value => factor * value),
  )
  const about = [name, tensors, theirs, `${BATCH}`, `${size}`, out]
  execFileSync(join(here, 'run'), ['torch', 'embed-torch.py', ...about], { stdio: ['ignore', 'inherit', 'inherit'] })
  const off = furthest(await embedded(model, images, size), floats(out), embeddingSize)
  const isWrong = !(off < MOST_OFF.f32)
  if (isWrong) failed++
  console.log(`${name} under arcface_torch's names: PyTorch ${off.toExponential(1)} off${isWrong ? '  TOO FAR' : ''}`)
}

/** A run as training leaves it: statistics that are not 0 and 1, scales that are not 1. */
function perturbedRun(network: NetworkName): string {
  const { embeddingSize } = NETWORKS[network]
  const run = join(folder, network)
  mkdirSync(run)
  writeFileSync(runPaths(run).config, JSON.stringify({ network, embeddingSize }))
  const random = randomFrom([5, 0, 0, 0])
  const tensors = networkVariables(NETWORKS[network], embeddingSize).map(({ name, kind, shape, initialise }) => {
    const values = initialise(
      shape.reduce((product, extent) => product * extent, 1),
      () => random.uniform(),
    )
    const moved = /\/(mean|offset)$/.test(name) || kind === 'statistic' ? 0.2 : 0
    // As large as leaves values as large as they come: float16 ends at 65504.
    const rms = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)
    const scale = /\/filter$/.test(name) ? 1 / (rms * Math.sqrt(shape.slice(0, 3).reduce((a, b) => a * b, 1))) : 1
    return [name, { shape, values: values.map(value => scale * value + moved * random.uniform()) }] as const
  })
  writeCheckpoint(run, new Map(tensors), { step: 1, epoch: 0, position: 0, seed: 1 })
  return run
}

async function facesBin(): Promise<string> {
  const records = []
  for (let index = 0; index < 16; index++)
    for (const side of [0, 1] as const) {
      const face = await drawFace({ identity: index, view: side, size: 112, seed: 4 })
      records.push({ image: await encodePng(face), pair: { index, side, same: true } })
    }
  const chunks: Uint8Array[] = []
  writeBin(records, bytes => chunks.push(Uint8Array.from(bytes)))
  const file = join(folder, 'faces.bin')
  writeFileSync(file, Buffer.concat(chunks))
  return file
}

async function embedded(model: string, images: string, size: number): Promise<Float32Array> {
  const session = await openSession(model)
  const { embedding } = await session.run({
    input: { dtype: 'float32', shape: [BATCH, 3, size, size], data: floats(images) },
  })
  await session.close()
  return embedding!.data as Float32Array
}

function floats(file: string): Float32Array {
  return new Float32Array(Uint8Array.from(readFileSync(file)).buffer)
}

/** Of all vectors the largest distance, relative to the vector's length. */
function furthest(a: Float32Array, b: Float32Array, size: number): number {
  let most = 0
  for (let at = 0; at < a.length; at += size) {
    const vector = a.subarray(at, at + size)
    const apart = Math.hypot(...vector.map((value, i) => value - b[at + i]!))
    most = Math.max(most, apart / Math.hypot(...vector))
  }
  return a.length === b.length ? most : Number.NaN
}
