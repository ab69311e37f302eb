import { readFileSync } from 'node:fs'
import type { Pixels } from '@tiny-face/image-stream'
import { alignFace } from '../../src/align/align-face.js'
import { estimateSimilarity } from '../../src/align/similarity.js'
import { templatePoints } from '../../src/align/template.js'
import type { FivePoints } from '../../src/detect/face-detector.js'
import { sharpnessOf } from '../../src/measure/sharpness.js'

/** A line that tools/peers/align-insightface.py wrote. */
export interface InsightfaceCase {
  width: number
  height: number
  pattern: [number, number, number]
  size: number
  points: FivePoints
  matrix: [[number, number, number], [number, number, number]]
  /** Of the aligned face every so manieth pixel is in `pixels`, in base64. */
  every: number
  pixels: string
  sharpness: number
}

export function readCases(file: string | URL): InsightfaceCase[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
}

/** How far ours is from insightface's and OpenCV's. */
export interface CaseDifferences {
  /** Largest difference of the matrix's numbers. */
  matrix: number
  /** Pixels' values that differ. */
  pixels: number
  /** By how much at most, in levels. */
  levels: number
  sharpness: number
}

export function differencesOf(face: InsightfaceCase): CaseDifferences {
  const { size, points, every } = face
  const { a, b, x0, y0 } = estimateSimilarity(points, templatePoints('arcface', size))
  const matrix = [a, -b, x0, b, a, y0].map((value, i) => Math.abs(value - face.matrix.flat()[i]!))
  const ours = alignFace(drawPattern(face), points, { size, template: 'arcface' })
  const theirs = Buffer.from(face.pixels, 'base64')
  const pixelOf = (i: number) => ours.pixels[Math.floor(i / 3) * 3 * every + (i % 3)]!
  const levels = Array.from(theirs, (value, i) => Math.abs(value - pixelOf(i))).filter(difference => difference > 0)
  return {
    matrix: Math.max(...matrix),
    pixels: levels.length,
    levels: Math.max(0, ...levels),
    sharpness: Math.abs(sharpnessOf(ours) - face.sharpness) / face.sharpness,
  }
}

function drawPattern({ width, height, pattern: [a, b, shift] }: InsightfaceCase): Pixels {
  const pixels = new Uint8Array(width * height * 3)
  for (let i = 0; i < pixels.length; i++) {
    const at = Math.floor(i / 3)
    const [x, y] = [at % width, Math.floor(at / width)]
    pixels[i] = (x * a + y * b + (i % 3) * 89) ^ ((x * y) >> shift)
  }
  return { pixels, width, height }
}
