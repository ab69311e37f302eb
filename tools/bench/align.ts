// From a photo's file to aligned faces: ours against OpenCV and insightface in Python, both with YuNet.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { drawFace } from '@tiny-face/drawn-faces'
import { installedDetector } from '@tiny-face/face-aligner'
import { xoroshiro } from '@tiny-face/seeded-random'
import sharp from 'sharp'
import { median } from './pairs.js'
import { note, peerPython } from './run.js'
import { formatTable, type Row } from './table.js'
import { NotHere, takeTurns } from './turns.js'

/** 12 megapixels, as phones have them. */
const [WIDTH, HEIGHT] = [4000, 3000]
/** How many photos ours has under way at a time in the rows that say so. */
const AHEAD = 4
const DRAWN = 512

/** Photos by the names of the families: where faces are drawn, `[left, top, side]`. */
export const ALIGN_FAMILIES = {
  portrait: [[1000, 500, 2000]],
  group: Array.from({ length: 6 }, (_, i) => [300 + 600 * i, 700 + 300 * (i % 3), 500]),
} as const satisfies Record<string, readonly (readonly number[])[]>

export async function benchAlign(families: (keyof typeof ALIGN_FAMILIES)[], rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tiny-face-bench-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.on('exit', remove)
  const rows: Row[] = []
  for (const name of families) {
    const file = join(folder, `${name}.jpg`)
    const photo = await drawPhoto(ALIGN_FAMILIES[name])
    writeFileSync(file, photo)
    note(`${name}: ${(photo.length / 1e6).toFixed(1)} MB`)
    rows.push(...(await alignRows(name, file, rounds)))
  }
  remove()
  console.log(
    `${cpus().length} cores, Node ${process.versions.node}; photos of 12 megapixels, medians of ${rounds} rounds.\n`,
  )
  console.log(formatTable(rows))
}

async function alignRows(name: string, file: string, rounds: number): Promise<Row[]> {
  const python = peerPython('alignment')
  const detector = installedDetector('yunet')
  const measure = `${name}, from file to aligned faces`
  if (detector === undefined) return [{ measure, figure: 'not installed: face-align --install yunet' }]
  const model = join(detector, 'face_detection_yunet_2023mar.onnx')
  const theirs = (side: number) =>
    python === undefined
      ? { missing: 'tools/peers/run alignment' }
      : [python, 'tools/peers/align-opencv.py', file, model, String(side)]
  const ours = (ahead: number) => ['node', '--import=tsx', 'tools/bench/align-worker.ts', file, String(ahead)]
  const programs = [
    { name: 'Python, faces looked for at 640', command: theirs(640) },
    { name: 'Python, at full size', command: theirs(0) },
    { name: 'ours', command: ours(1) },
    { name: `ours, ${AHEAD} photos at a time`, command: ours(AHEAD) },
  ]
  const found = await takeTurns(programs, { rounds, seconds: 2 })
  const [rival] = found
  if (rival === undefined || rival instanceof NotHere)
    return [{ measure, figure: 'not installed: tools/peers/run alignment' }]
  return found.slice(1).map((one, i): Row => {
    const what = `${measure}: ${programs[0]!.name}, by ${programs[i + 1]!.name}`
    if (one instanceof NotHere) return { measure: what, figure: one.message }
    const [a, b] = [rival, one].map(({ rounds }) => 1000 * median(rounds))
    const ratio = median(rival.rounds.map((seconds, round) => seconds / one.rounds[round]!))
    const goal = i > 0 ? { goal: 'at least 1x', met: ratio >= 1 } : {}
    return { measure: what, figure: `${a!.toFixed()} ms by ${b!.toFixed()} ms`, ratio, ...goal }
  })
}

/** As large a file as a phone makes of so many pixels: grain is what costs a JPEG's decoder time. */
async function drawPhoto(faces: readonly (readonly number[])[]): Promise<Buffer> {
  const layers = faces.map(async ([left, top, side], identity) => {
    const { pixels } = await drawFace({ identity, view: 0, size: DRAWN, seed: 1 })
    const drawn = sharp(pixels, { raw: { width: DRAWN, height: DRAWN, channels: 3 } }).resize(side!, side!)
    return { input: await drawn.png().toBuffer(), left: left!, top: top! }
  })
  const ground = sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#778899' } })
  const pixels = await ground
    .composite(await Promise.all(layers))
    .removeAlpha()
    .raw()
    .toBuffer()
  const random = xoroshiro(1)
  for (let i = 0; i < pixels.length; i++)
    pixels[i] = Math.max(0, Math.min(255, pixels[i]! + 16 * (random.uniform() - 0.5)))
  return sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer()
}
