import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { test } from 'tap'
import { type DrawnFace, drawFace, drawFaces } from '../src/index.js'

const SIZE = 48
const PEOPLE = 20
const VIEWS = 6

test('a face is a pure function of person, view, size and seed', async t => {
  const options = { identity: 3, view: 2, size: SIZE, seed: 7 }
  const face = await drawFace(options)
  t.strictSame([face.height, face.width, face.pixels.length], [SIZE, SIZE, SIZE * SIZE * 3])
  const same = ({ pixels }: DrawnFace) => Buffer.from(pixels).equals(face.pixels)
  t.ok(same(await drawFace(options)))
  for (const other of [{ identity: 4 }, { view: 3 }, { seed: 8 }]) {
    t.notOk(same(await drawFace({ ...options, ...other })))
  }
})

/** Mean levels of a grid over a part of the picture, so that noise matters little, with the picture's own mean taken off. */
function features({ pixels }: DrawnFace, inPart: (x: number, y: number) => boolean): number[] {
  const cell = 4
  const grid = SIZE / cell
  const sums = new Float64Array(grid * grid * 3)
  for (let i = 0; i < pixels.length; i++) {
    const [x, y] = [Math.floor(i / 3) % SIZE, Math.floor(i / 3 / SIZE)]
    sums[(Math.floor(y / cell) * grid + Math.floor(x / cell)) * 3 + (i % 3)]! += pixels[i]! / cell ** 2
  }
  const part = [...sums].filter((_, i) => inPart(Math.floor(i / 3) % grid, Math.floor(i / 3 / grid)))
  const mean = part.reduce((a, b) => a + b) / part.length
  return part.map(value => value - mean)
}

/** How many of the pictures have one of the same person as the nearest other. */
function nearestIsSame(faces: number[][]): number {
  const distance = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0)
  const right = faces.filter((face, i) => {
    const distances = faces.map((other, j) => (i === j ? Infinity : distance(face, other)))
    return Math.floor(distances.indexOf(Math.min(...distances)) / VIEWS) === Math.floor(i / VIEWS)
  })
  return right.length / faces.length
}

test('the person shows in the face and not in what is around it', async t => {
  const faces: DrawnFace[] = []
  for (let identity = 0; identity < PEOPLE; identity++) {
    for (let view = 0; view < VIEWS; view++) faces.push(await drawFace({ identity, view, size: SIZE, seed: 1 }))
  }
  const inside = nearestIsSame(faces.map(face => features(face, (x, y) => x >= 3 && x < 9 && y >= 1 && y < 10)))
  const corner = nearestIsSame(faces.map(face => features(face, (x, y) => (x < 1 || x > 10) && y < 3)))
  console.log(`# nearest picture is of the same person: by the face ${inside}, by the upper corners ${corner}`)
  t.ok(inside > 0.5, 'ten times chance and more, without learning')
  t.ok(corner < 0.15, 'near chance, .04')
})

test('a folder per person, as image-dump reads it', async t => {
  const out = join(t.testdir(), 'faces')
  await drawFaces({ people: 3, views: 2, size: 16, seed: 5, out })
  const people = ['person-000', 'person-001', 'person-002']
  t.strictSame(readdirSync(out).sort(), people)
  for (const person of people) t.strictSame(readdirSync(join(out, person)).sort(), ['view-000.png', 'view-001.png'])
  const stored = await sharp(join(out, 'person-001/view-001.png')).raw().toBuffer()
  t.ok(stored.equals((await drawFace({ identity: 1, view: 1, size: 16, seed: 5 })).pixels))
})
