// Half of check-gallery: does our search find whom numpy finds in the sets that search-exact.py wrote, in the same order?
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Gallery, search } from '../../packages/face-gallery/src/index.js'

interface SearchedSet {
  size: number
  faces: number
  queries: number
  top: number
  people: number[]
  /** For each query the people's best faces, the most alike first, and the similarity of each. */
  wanted: [face: number, similarity: number][][]
}

/** Two orders of adding 512 products in double precision differ by less: faces that close are in either order. */
const CLOSE = 1e-14
const SLAB_FACES = 1000

const [folder] = process.argv.slice(2) as [string]
const sets = readdirSync(folder).filter(name => name.endsWith('.json'))
let differ = 0
let searched = 0
let swapped = 0
for (const name of sets) {
  const set = JSON.parse(readFileSync(join(folder, name), 'utf8')) as SearchedSet
  const bytes = readFileSync(join(folder, name.replace('.json', '.bin')))
  const values = new Float32Array(new Uint8Array(bytes).buffer)
  const row = (i: number) => values.subarray(i * set.size, (i + 1) * set.size)
  const gallery: Gallery = {
    size: set.size,
    flip: false,
    length: set.faces,
    names: Array.from({ length: Math.max(...set.people) + 1 }, (_, person) => `${person}`),
    people: Uint32Array.from(set.people),
    ids: set.people.map((_, face) => `${face}`),
    enrolled: new Float64Array(set.faces),
    slabs: slabsOf(values, set),
  }
  const queries = set.wanted.map((_, i) => ({ embedding: row(set.faces + i) }))
  const found = await search(gallery, queries, { threshold: 0, top: set.top })
  let wrong = 0
  for (const [i, { matches }] of found.entries()) {
    const wanted = set.wanted[i]!
    searched++
    if (matches.length !== wanted.length) wrong++
    else if (matches.some(({ id }, k) => Number(id) !== wanted[k]![0])) {
      const close = matches.every(({ similarity }, k) => Math.abs(similarity - wanted[k]![1]) < CLOSE)
      if (close) swapped++
      else wrong++
    }
  }
  if (wrong === 0) continue
  differ++
  console.error(`set ${name}: ${wrong} of ${found.length} searches of ${set.faces} x ${set.size}, top ${set.top}`)
}
const close = `${swapped} found people within ${CLOSE} of each other in another order`
console.log(`${sets.length} galleries, ${searched} searches, of which ${close}; ${differ} galleries differ`)
process.exitCode = differ === 0 ? 0 : 1

/** As they are, to the last bit: enrolling would scale them to length 1 once more. In slabs that end anywhere. */
function slabsOf(values: Float32Array, { size, faces }: SearchedSet): Float32Array[] {
  const slabs: Float32Array[] = []
  for (let face = 0; face < faces; face += SLAB_FACES)
    slabs.push(values.slice(face * size, Math.min(face + SLAB_FACES, faces) * size))
  return slabs
}
