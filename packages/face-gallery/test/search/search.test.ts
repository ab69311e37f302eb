import { faceTemplate } from '@tiny-face/verifier'
import { type Test, test } from 'tap'
import { type Gallery, type NewFace, search, searchBlocks } from '../../src/index.js'
import { QUERY_ROWS } from '../../src/search/closest-in-gallery.js'
import { directions, facesOf, galleryOf, templatesOf } from '../faces.js'

/** Every person's best face for each query, in float64, sorted: what a search must find. */
function bruteForce(gallery: Gallery, queries: readonly Float32Array[], top: number) {
  const templates = Float64Array.from(templatesOf(gallery))
  return queries.map(query => {
    const wanted = faceTemplate(query)
    const faces = gallery.ids.map((id, face) => ({
      person: gallery.names[gallery.people[face]!]!,
      id,
      face,
      similarity: wanted.reduce((sum, value, k) => sum + value * templates[face * gallery.size + k]!, 0),
    }))
    faces.sort((a, b) =>
      Math.abs(b.similarity - a.similarity) < 1e-14 ? a.face - b.face : b.similarity - a.similarity,
    )
    const seen = new Set<string>()
    return faces.filter(({ person }) => !seen.has(person) && seen.add(person)).slice(0, top)
  })
}

/** The same faces in slabs of so many. */
function cut(gallery: Gallery, rows: number): Gallery {
  const all = Float32Array.from(templatesOf(gallery))
  const slabs: Float32Array[] = []
  for (let at = 0; at < all.length; at += rows * gallery.size) slabs.push(all.slice(at, at + rows * gallery.size))
  return { ...gallery, slabs }
}

async function mustFind(t: Test, gallery: Gallery, queries: readonly Float32Array[], top: number) {
  const found = await search(
    gallery,
    queries.map(embedding => ({ embedding })),
    { threshold: 0, top },
  )
  const wanted = bruteForce(gallery, queries, top)
  t.same(
    found.map(({ matches }) => matches.map(({ person, id }) => [person, id])),
    wanted.map(people => people.map(({ person, id }) => [person, id])),
  )
  const furthest = Math.max(
    ...found.flatMap(({ matches }, i) =>
      matches.map((match, k) => Math.abs(match.similarity - wanted[i]![k]!.similarity)),
    ),
  )
  t.ok(furthest < 1e-7, `similarities are those of float64, ${furthest}`)
}

test('the people found are those that comparing all in double precision finds', async t => {
  const gallery = galleryOf(facesOf(40, 5, { size: 48, noise: 1 }))
  const queries = directions(30, 48, 9)
  for (const top of [1, 3, 100]) {
    await mustFind(t, gallery, queries, top)
    for (const rows of [1, 63, 64, 65, 199]) await mustFind(t, cut(gallery, rows), queries, top)
  }
  await mustFind(t, galleryOf(facesOf(3, 2, { size: 3 })), directions(QUERY_ROWS + 5, 3, 4), 2)
})

test('faces that differ by less than single precision tells are told apart', async t => {
  const [query, away] = directions(2, 512, 3) as [Float32Array, Float32Array]
  // Closer and closer, so that the order of enrolment is that of similarity, or its reverse.
  const faces: NewFace[] = Array.from({ length: 200 }, (_, i) => ({
    person: `${i}`,
    id: `${i}`,
    embedding: query.map((value, k) => value + away[k]! * (0.05 - i * 1e-7)),
  }))
  await mustFind(t, galleryOf(faces), [query], 20)
  await mustFind(t, galleryOf(faces.toReversed()), [query], 20)
})

test('of people who are equally alike, the one enrolled first comes first', async t => {
  const [query, other] = directions(2, 32, 5) as [Float32Array, Float32Array]
  const faces = Array.from({ length: 300 }, (_, i) => ({
    person: `${i % 100}`,
    id: `${i}`,
    embedding: i % 3 === 0 ? other : query,
  }))
  const [found] = await search(galleryOf(faces), [{ embedding: query }], { threshold: 0.5, top: 5 })
  t.same(
    found!.matches.map(({ id }) => id),
    ['1', '2', '4', '5', '7'],
  )
})

test('who is not alike enough is unknown, and the people are told all the same', async t => {
  const gallery = galleryOf(facesOf(2, 1))
  const [mine, stranger] = [facesOf(2, 1)[1]!, { embedding: directions(1, 16, 77)[0]! }]
  const [nearest] = await search(gallery, [stranger], { threshold: -1 })
  const { similarity } = nearest!.matches[0]!
  for (const [threshold, people] of [
    [similarity - 1e-9, ['person 1', 'person 0']],
    [similarity, ['person 1', 'unknown']],
    [1, ['unknown', 'unknown']],
  ] as const) {
    const found = await search(gallery, [mine, stranger], { threshold })
    t.same(
      found.map(({ person }) => person),
      people,
    )
    t.same(
      found.map(({ matches }) => matches.map(({ person }) => person)),
      [['person 1'], ['person 0']],
    )
  }
  const nobody = galleryOf([mine])
  const empty = { ...nobody, length: 0, names: [], people: new Uint32Array(0), ids: [], slabs: [] }
  t.same(await search(empty, [mine], { threshold: 0 }), [{ person: 'unknown', matches: [] }])
  t.same(await search(gallery, [], { threshold: 0 }), [])
})

test('a similarity is never over 1', async t => {
  const faces = facesOf(50, 1, { size: 7 })
  const found = await search(galleryOf(faces), faces, { threshold: 0.999 })
  t.same(
    found.map(({ person }) => person),
    faces.map(({ person }) => person),
  )
  t.ok(found.every(({ matches }) => matches[0]!.similarity <= 1))
})

test('embeddings that the gallery cannot be compared with are refused by their place', async t => {
  const gallery = galleryOf(facesOf(2, 1))
  const [face] = facesOf(2, 1)
  const vector = face!.embedding as Float32Array
  for (const [wrong, message] of [
    [
      { embedding: new Float32Array(3).fill(1) },
      'record 1: expected an embedding of 16 numbers without flipped, as the gallery has, found 3 numbers without flipped',
    ],
    [
      { embedding: vector, flipped: vector },
      'record 1: expected an embedding of 16 numbers without flipped, as the gallery has, found 16 numbers with flipped',
    ],
    [{ embedding: vector.with(0, Number.NaN) }, 'record 1: expected finite numbers in embedding, found NaN at [0]'],
    [
      { embedding: vector.map(() => 0) },
      'record 1: embedding is all zeros: it has no direction and cannot be normalised',
    ],
  ] as const)
    await t.rejects(search(gallery, [face!, wrong], { threshold: 0 }), { name: 'DataError', message })
})

test('each block is told', async t => {
  const gallery = cut(galleryOf(facesOf(10, 1)), 4)
  let blocks = 0
  const queries = directions(QUERY_ROWS + 1, 16).map(embedding => ({ embedding }))
  await search(gallery, queries, { threshold: 0, onBlock: () => blocks++ })
  t.equal(blocks, 6)
  t.equal(searchBlocks(gallery, queries.length), 6)
})
