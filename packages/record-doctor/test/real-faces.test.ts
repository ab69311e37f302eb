import { join } from 'node:path'
import type { DataMap } from '@tiny-face/record-stream'
import { readRecordIO } from '@tiny-face/recordio-stream'
import sharp, { type Sharp } from 'sharp'
import { test } from 'tap'
import { sharedData } from '../../../test/shared-data.js'
import { examineDataset } from '../src/index.js'
import { plainFindings } from './plain-findings.js'

const data = sharedData()

/** Every how many-th picture of the 4324 is taken: all of them where a long run is asked for. */
const STEP = process.env.TINY_FACE_RUNS === undefined ? 8 : 1

function realFaces(): (DataMap & { image: Uint8Array; label: number })[] {
  const faces: (DataMap & { image: Uint8Array; label: number })[] = []
  for (const { id, label, image } of readRecordIO(join(data!, 'recordio/lfw_min10/train.rec'))) {
    faces.push({ id: id!, label: label as number, image: Uint8Array.from(image!) })
  }
  return faces
}

/** Photographs that LFW has twice under one name: looked at, each is one photograph. */
const TWICE = [
  [226, 231],
  [448, 449],
  [1063, 1086],
  [1177, 1253],
  [1194, 1212],
  [1224, 1241],
  [1282, 1308],
  [1454, 1456],
  [2717, 2719],
  [3516, 3519],
  [3711, 3725],
  [3738, 3740],
]

const COPIES: Record<string, (image: Sharp) => Sharp> = {
  'JPEG, quality 30': image => image.jpeg({ quality: 30 }),
  'JPEG, quality 15': image => image.jpeg({ quality: 15 }),
  'half the size': image => image.resize(56, 56),
  'twice the size': image => image.resize(224, 224),
  'moved by a pixel': image => moved(image, 1, 0),
  'moved by a pixel across and down': image => moved(image, 1, 1),
  'moved by two pixels': image => moved(image, 2, 0),
  brighter: image => image.linear(1, 12),
  'more contrast': image => image.linear(1.15, -15),
  grey: image => image.grayscale(),
  blurred: image => image.blur(1.2),
  'a line of text across the foot': image => image.composite([{ input: WRITING }]),
  mirrored: image => image.flop(),
}

/** Least share of the copies that is found; 0.97 where nothing is said. */
const LEAST: Record<string, number> = {
  'moved by a pixel across and down': 0.9,
  'a line of text across the foot': 0.9,
  'moved by two pixels': 0.6,
}

const WRITING = Buffer.from(
  '<svg width="112" height="112"><text x="4" y="108" font-size="12" fill="white">PHOTO 1</text></svg>',
)

function moved(image: Sharp, left: number, top: number): Sharp {
  return image
    .extract({ left, top, width: 112 - left, height: 112 - top })
    .extend({ right: left, bottom: top, extendWith: 'copy' })
}

test('finds LFW’s own duplicates, and no one of the test set’s people', { skip: data === undefined }, async t => {
  const examination = await examineDataset(realFaces(), { classes: 158, tests: [join(data!, 'bin/lfw_dev.bin')] })
  const found = plainFindings(examination)
  t.ok(found.every(({ kind }) => kind === 'near-duplicate' || kind === 'look-alike'))
  t.strictSame(
    found.map(({ ids }) => ids).sort((a, b) => Number(a[0]) - Number(b[0])),
    TWICE,
  )
})

test('finds copies under another label, whatever was done to them', { skip: data === undefined }, async t => {
  const faces = realFaces().filter((_, i) => i % STEP === 0)
  const changes = Object.entries(COPIES)
  const copies = await Promise.all(
    faces.map(async ({ id, image }, i) => {
      const changed = changes[i % changes.length]![1](sharp(image))
      return { id: `copy of ${id}`, label: 158, image: await changed.jpeg({ quality: 90 }).toBuffer() }
    }),
  )
  const found = plainFindings(await examineDataset([...faces, ...copies])).filter(({ kind }) => kind === 'two-labels')
  const groupOf = new Map(found.flatMap(({ ids }) => ids.map(id => [id, ids])))
  for (const [k, [name]] of changes.entries()) {
    const some = faces.filter((_, i) => i % changes.length === k)
    const hits = some.filter(({ id }) => groupOf.get(id)?.includes(`copy of ${id}`)).length
    t.comment(`${name}: ${hits} of ${some.length}`)
    t.ok(hits >= (LEAST[name] ?? 0.97) * some.length, `${name}: ${hits} of ${some.length}`)
  }
  const originals = found.map(({ ids }) => new Set(ids.map(id => Number(String(id).replace('copy of ', '')))))
  const mixed = originals.filter(ids => ids.size > 1)
  t.comment(`${mixed.length} of ${found.length} groups hold more than one photograph`)
  const labels = new Map(faces.map(({ id, label }) => [Number(id), label]))
  t.ok(
    mixed.every(ids => new Set([...ids].map(id => labels.get(id))).size === 1),
    'all of one person',
  )
  t.ok(mixed.length <= 2 * TWICE.length)
})
