import { xoroshiro } from '@tiny-face/seeded-random'
import { test } from 'tap'
import { type LabelledFaces, selectFaces } from '../../src/faces/labelled-faces.js'
import { searchGallery } from '../../src/identification/search-gallery.js'
import { drawFaces } from '../calibrate/simulated-people.js'

const crowd = drawFaces(
  {
    people: 400,
    images: uniform => 1 + Math.floor(8 * uniform()),
    nearness: [
      [0.3, 0.8],
      [0.7, 0.2],
    ],
    likeness: 0.8,
  },
  11,
)

test('finds what comparing each with each finds, over several blocks of gallery and probes', async t => {
  // Every third image is enrolled, and nobody of the people 0 to 49.
  const rows = Array.from(crowd.people.keys())
  const enrolled = (row: number) => row % 3 !== 0 && crowd.people[row]! >= 50
  const gallery = selectFaces(crowd, rows.filter(enrolled))
  const probes = selectFaces(
    crowd,
    rows.filter(row => !enrolled(row) || row % 2 === 0),
  )
  t.ok(gallery.length > 1024, `${gallery.length} enrolled`)
  const found = await searchGallery(gallery, probes)
  const expected = slowSearch(gallery, probes)
  t.same(Array.from(found.ranks), expected.ranks)
  t.ok(found.mates.every((distance, i) => near(distance, expected.mates[i]!)))
  t.ok(found.others.every((distance, i) => near(distance, expected.others[i]!)))
  t.ok(expected.ranks.includes(0) && Math.max(...expected.ranks) > 10, 'strangers, and hard probes')
})

test('people at the very same distance as the own one come before it', async t => {
  const gallery = faces(
    [1, 2, 3, 3, 4],
    [
      [1, 0],
      [1, 0],
      [1, 0],
      [1, 0],
      [0, 1],
    ],
  )
  const found = await searchGallery(
    gallery,
    faces(
      [1, 3, 4, 9],
      [
        [1, 0],
        [0.6, 0.8],
        [1, 0],
        [0, 1],
      ],
    ),
  )
  // 1: with 2 and 3. 3, which is enrolled by two images: behind 4 and with 1 and 2. 4: behind all others. 9 is not enrolled.
  t.same(Array.from(found.ranks), [3, 4, 4, 0])
  t.same(Array.from(found.mates), [0, found.mates[1], 2, Infinity])
  t.same(
    Array.from(found.others).map(distance => Number(distance.toFixed(12))),
    [0, 0.4, 0, 0],
  )
})

test('what differs only beyond single precision is told apart', async t => {
  // Of each person a probe, its image in the gallery, and by turns a rival who is closer or farther by 1e-9; one more who is closer.
  const random = xoroshiro(3)
  const size = 64
  const gallery: { person: number; template: number[] }[] = []
  const probes: number[][] = []
  for (let person = 0; person < 100; person++) {
    const probe = scaled(Array.from({ length: size }, () => random.uniform() - 0.5))
    const aside = scaled(Array.from({ length: size }, () => random.uniform() - 0.5))
    const near = (angle: number) => scaled(probe.map((value, i) => value + angle * aside[i]!))
    probes.push(probe)
    if (person % 4 < 2) gallery.push({ person: 2000 + person, template: near(0.1) })
    gallery.push({ person, template: near(0.3) })
    gallery.push({ person: 1000 + person, template: near(0.3 + (person % 2 === 0 ? -1e-9 : 1e-9)) })
  }
  const { ranks } = await searchGallery(
    faces(
      gallery.map(({ person }) => person),
      gallery.map(({ template }) => template),
    ),
    faces(Array.from(probes.keys()), probes),
  )
  t.same(
    Array.from(ranks),
    probes.map((_, person) => 1 + (person % 2 === 0 ? 1 : 0) + (person % 4 < 2 ? 1 : 0)),
  )
})

test('a gallery of one person', async t => {
  const { ranks, others } = await searchGallery(
    faces([5], [[1, 0]]),
    faces(
      [5, 6],
      [
        [0, 1],
        [1, 0],
      ],
    ),
  )
  t.same(Array.from(ranks), [1, 0])
  t.same(Array.from(others), [Infinity, 0])
})

function faces(people: number[], templates: number[][]): LabelledFaces {
  const size = templates[0]!.length
  return {
    length: people.length,
    size,
    templates: Float64Array.from(templates.flat()),
    people: Float64Array.from(people),
    flip: false,
    seen: people.length,
  }
}

/** All distances, sorted: no blocks, no margins. */
function slowSearch(gallery: LabelledFaces, probes: LabelledFaces) {
  const searches = Array.from(probes.people, (person, probe) => {
    const closest = new Map<number, number>()
    gallery.people.forEach((other, image) => {
      let distance = 0
      for (let k = 0; k < gallery.size; k++) {
        distance += (probes.templates[probe * gallery.size + k]! - gallery.templates[image * gallery.size + k]!) ** 2
      }
      closest.set(other, Math.min(closest.get(other) ?? Infinity, distance))
    })
    const order = [...closest].sort((a, b) => a[1] - b[1]).map(([other]) => other)
    const others = order.filter(other => other !== person)
    return {
      rank: order.indexOf(person) + 1,
      mate: closest.get(person) ?? Infinity,
      other: closest.get(others[0]!)!,
    }
  })
  return {
    ranks: searches.map(({ rank }) => rank),
    mates: searches.map(({ mate }) => mate),
    others: searches.map(({ other }) => other),
  }
}

function scaled(values: number[]): number[] {
  const length = Math.hypot(...values)
  return values.map(value => value / length)
}

function near(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) < 1e-14
}
