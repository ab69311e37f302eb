import { tensorOf } from '@tiny-face/record-stream'
import { faceTemplate } from '@tiny-face/verifier'
import { test } from 'tap'
import { emptyGallery, enrol, enrolFaces, listEnrolled, MAX_NAME_BYTES } from '../../src/index.js'
import { facesOf, galleryOf, templatesOf } from '../faces.js'

const [a, b, c, d] = facesOf(4, 1)

test('faces come behind those that are there, with the template of face-verify', async t => {
  const first = galleryOf([a!, b!], 1000)
  const gallery = enrol(
    first,
    [{ ...c!, person: a!.person, embedding: tensorOf(c!.embedding as Float32Array) }, d!],
    2000,
  )
  t.same(gallery.names, [a!.person, b!.person, d!.person])
  t.same([...gallery.people], [0, 1, 0, 2])
  t.same(
    gallery.ids,
    [a, b, c, d].map(face => face!.id),
  )
  t.same([...gallery.enrolled], [1000, 1000, 2000, 2000])
  t.same(
    templatesOf(gallery),
    [a, b, c, d].flatMap(face => [...Float32Array.from(faceTemplate(face!.embedding as Float32Array))]),
  )
  t.equal(gallery.slabs.length, 1, 'who enrols one by one has no slab for each')
  t.equal(first.length, 2, 'what was there is as it was')
  t.same(listEnrolled(gallery), [
    { person: a!.person, faces: 2, first: new Date(1000), last: new Date(2000) },
    { person: b!.person, faces: 1, first: new Date(1000), last: new Date(1000) },
    { person: d!.person, faces: 1, first: new Date(2000), last: new Date(2000) },
  ])
})

test('mirror images are added', async t => {
  const [embedding, flipped] = [a!.embedding, b!.embedding] as Float32Array[]
  const gallery = galleryOf([{ ...a!, flipped: flipped! }])
  t.same(templatesOf(gallery), [...Float32Array.from(faceTemplate(embedding!, flipped!))])
  t.equal(gallery.flip, true)
})

test('the same picture of the same person replaces, of another person it does not', async t => {
  const first = galleryOf([a!, b!, { ...c!, person: a!.person }], 1000)
  const again = { ...a!, embedding: d!.embedding }
  const { gallery, added, replaced } = enrolFaces(first, [again, { ...b!, person: 'other' }], 2000)
  t.same({ added, replaced }, { added: 2, replaced: 1 })
  t.same(gallery.ids, [b!.id, c!.id, a!.id, b!.id])
  t.same(
    [...gallery.people].map(person => gallery.names[person]),
    [b!.person, a!.person, a!.person, 'other'],
  )
  t.same(templatesOf(gallery).slice(32, 48), [...Float32Array.from(faceTemplate(d!.embedding as Float32Array))])
  t.same([...gallery.enrolled], [1000, 1000, 2000, 2000])
  const twice = enrolFaces(first, [again, { ...a!, embedding: b!.embedding }])
  t.same([twice.added, twice.replaced, twice.gallery.length], [1, 2, 3], 'within one stream the last counts')
  t.same(templatesOf(twice.gallery).slice(32), [...Float32Array.from(faceTemplate(b!.embedding as Float32Array))])
})

test('what does not fit is refused, by its id', async t => {
  const gallery = galleryOf([a!])
  const vector = a!.embedding as Float32Array
  for (const [face, message] of [
    [
      { ...b!, embedding: new Float32Array(8).fill(1) },
      'id photo 1: expected an embedding of 16 numbers without flipped, as the gallery has, found 8 numbers without flipped',
    ],
    [
      { ...b!, flipped: vector },
      'id photo 1: expected an embedding of 16 numbers without flipped, as the gallery has, found 16 numbers with flipped',
    ],
    [
      { ...b!, embedding: vector.map(() => 0) },
      'id photo 1: embedding is all zeros: it has no direction and cannot be normalised',
    ],
    [
      { ...b!, embedding: vector.with(3, Number.NaN) },
      'id photo 1: expected finite numbers in embedding, found NaN at [3]',
    ],
    [
      { ...b!, embedding: vector.with(3, Number.NEGATIVE_INFINITY) },
      'id photo 1: expected finite numbers in embedding, found -Infinity at [3]',
    ],
    [
      { ...b!, embedding: vector, flipped: vector.map(value => -value) },
      'id photo 1: embedding and flipped cancel out: their sum is all zeros and cannot be normalised',
    ],
    [
      { ...b!, embedding: tensorOf(new Float64Array(16)) },
      'id photo 1: expected embedding to be a float32 tensor of shape [size], found float64 of shape [16]',
    ],
    [{ ...b!, person: ' ' }, "id photo 1: expected a person's name, found none"],
    [
      { ...b!, person: 'unknown' },
      'id photo 1: expected a name of a person, found unknown, which is what a search calls a stranger',
    ],
    [{ ...b!, person: 'é'.repeat(MAX_NAME_BYTES) }, `id photo 1: expected a name of at most 4096 bytes, found 8192`],
  ] as const)
    t.throws(() => enrol(gallery, [c!, face]), { name: 'DataError', message })
  t.throws(() => enrol(gallery, [{ ...b!, id: 'x'.repeat(5000) }]), {
    message: /expected an id of at most 4096 bytes of text/,
  })
  t.throws(() => enrol(emptyGallery({ size: 16, flip: true }), [a!]), {
    message: /expected an embedding of 16 numbers with flipped/,
  })
})

test('faces are asked for one by one', async t => {
  let given = 0
  function* faces() {
    for (const face of [b!, { ...c!, person: '' }, d!]) {
      given++
      yield face
    }
  }
  t.throws(() => enrol(galleryOf([a!]), faces()))
  t.equal(given, 2)
})
