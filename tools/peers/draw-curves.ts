// The curves of runs of arcface-train and of their peers in PyTorch, in one picture:
//
//   node --import=tsx tools/peers/draw-curves.ts docs/mobilefacenet-curves.svg "tiny-face, float32=runs/a,runs/b" "PyTorch=peer-1.jsonl,peer-2.jsonl"
//
// A run is a folder with metrics.jsonl; a peer's file is what train-mobilefacenet.py writes with --curve: a line an epoch.
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  BOTTOM,
  bottomAxis,
  coordinate,
  escaped,
  HEIGHT,
  LEFT,
  leftAxis,
  RIGHT,
  scale,
  TOP,
  WIDTH,
} from '@tiny-face/report-page'
import { writeWholeFile } from '@tiny-face/safe-files'

/** Of one epoch, counted from 1. */
interface Point {
  readonly epoch: number
  readonly loss?: number
  readonly accuracy?: number
}

const COLOURS = ['#1769c4', '#2e7d32', '#c2560c', '#7b3fa0']
const [out, ...groups] = process.argv.slice(2)
if (out === undefined || groups.length === 0) {
  console.error('usage: draw-curves OUT.svg NAME=RUN|FILE.jsonl,…  …')
  process.exit(2)
}
const curves = groups.map(group => {
  const [name, paths] = group.split('=') as [string, string]
  return { name, runs: paths.split(',').map(path => (statSync(path).isDirectory() ? ofRun(path) : linesOf(path))) }
})
const epochs = Math.max(...curves.flatMap(({ runs }) => runs.flat().map(({ epoch }) => epoch)))
writeWholeFile(out, picture())
for (const { name, runs } of curves) {
  const last = runs.map(run => run.filter(({ accuracy }) => accuracy !== undefined).at(-1)!)
  const values = last.map(({ epoch, accuracy }) => `${accuracy!.toFixed(4)} (epoch ${epoch})`)
  console.log(`${name}: ${values.join(', ')}`)
}

function linesOf(file: string): Point[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Point)
}

/** A run's mean loss over each epoch, and its accuracy after those that it was verified after. */
function ofRun(run: string): Point[] {
  const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trim().split('\n')
  const losses = new Map<number, number[]>()
  const points: Point[] = []
  for (const line of lines) {
    const { epoch, loss, verification, accuracy } = JSON.parse(line)
    if (verification !== undefined) points.push({ epoch, accuracy })
    else losses.set(epoch + 1, [...(losses.get(epoch + 1) ?? []), loss])
  }
  for (const [epoch, values] of losses)
    points.push({ epoch, loss: values.reduce((sum, value) => sum + value, 0) / values.length })
  return points.sort((a, b) => a.epoch - b.epoch)
}

function picture(): string {
  const x = scale(1, epochs, LEFT, RIGHT)
  const accuracy = scale(0.7, 0.95, BOTTOM, TOP)
  const loss = scale(Math.log10(0.01), Math.log10(30), BOTTOM, TOP)
  const ticks = Array.from({ length: Math.floor(epochs / 4) }, (_, i) => ({
    at: x(4 * (i + 1)),
    label: `${4 * (i + 1)}`,
  }))
  const accuracies = [0.7, 0.75, 0.8, 0.85, 0.9, 0.95].map(value => ({ at: accuracy(value), label: value.toFixed(2) }))
  const losses = [0.01, 0.1, 1, 10].map(value => ({ at: loss(Math.log10(value)), label: `${value}` }))
  const line = (points: Point[], y: (point: Point) => number | undefined, colour: string) => {
    const places = points.filter(point => y(point) !== undefined).map(point => [x(point.epoch), y(point)!] as const)
    const path = places.map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${coordinate(px)} ${coordinate(py)}`).join('')
    return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.6" stroke-opacity=".8"/>`
  }
  const drawn = (y: (point: Point) => number | undefined) =>
    curves.flatMap(({ runs }, i) => runs.map(run => line(run, y, COLOURS[i % COLOURS.length]!))).join('\n')
  const key = curves
    .map(
      ({ name, runs }, i) =>
        `<text x="${LEFT + 250 * i}" y="4" style="fill:${COLOURS[i % COLOURS.length]};font-weight:600">${escaped(name)}, ${runs.length} ${runs.length === 1 ? 'seed' : 'seeds'}</text>`,
    )
    .join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -14 ${2 * WIDTH} ${HEIGHT + 20}" font-family="system-ui, sans-serif">
<title>Accuracy on held-out pairs, and mean loss, by epoch</title>
<style>text { fill: #5b6470; font-size: 13px } .grid { stroke: #e2e4e8 }</style>
<rect x="0" y="-14" width="${2 * WIDTH}" height="${HEIGHT + 20}" fill="#fff"/>
${key}
${bottomAxis('epoch', ticks)}
${leftAxis('accuracy on held-out pairs', accuracies)}
${drawn(point => (point.accuracy === undefined ? undefined : accuracy(point.accuracy)))}
<g transform="translate(${WIDTH} 0)">
${bottomAxis('epoch', ticks)}
${leftAxis('mean loss of the epoch', losses)}
${drawn(point => (point.loss === undefined ? undefined : loss(Math.log10(point.loss))))}
</g>
</svg>
`
}
