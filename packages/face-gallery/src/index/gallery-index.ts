/*
 * An index beside a gallery, for more faces than are compared one by one: the folder NAME.index with
 *
 *     faces.usearch    usearch's own file, which is read where it lies
 *     index.json       {"index": 1, "gallery": …, "columns": …, "faces": …, "size": …, "connectivity": …, "expansion_add": …,
 *                      "expansion_search": …, "sha256": …}
 *                      gallery, columns: the gallery's hashes (openColumns), so that it is known whether the index is of it;
 *                      sha256: of faces.usearch: native code sees no file that is not as it was written
 *
 * It holds faces, so it goes whenever the gallery changes: who is removed from the one is not in the other.
 */
import { createHash } from 'node:crypto'
import { closeSync, existsSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { number, object, readJson, text, whole } from '@tiny-face/checked-json'
import { AtomicFolder, DataError, readChunk } from '@tiny-face/safe-files'
import type { BatchMatches, Index, Matches } from 'usearch'
import { followLink } from '../file/follow-link.js'
import { openColumns } from '../file/read-gallery.js'
import type { Gallery } from '../gallery.js'
import { similarityTo } from '../search/closest-in-gallery.js'
import { ClosestPeople } from '../search/closest-people.js'
import type { FindClosest } from '../search/search.js'
import { emptyIndex } from './usearch.js'

const VERSION = 1
const FACES = 'faces.usearch'
const ABOUT = 'index.json'

/** Found the most of faces of 512 numbers at a size and speed that are of use; README.md has the figures. */
const SETTINGS = { connectivity: 32, expansionAdd: 128, expansionSearch: 256 }
/** Faces that the index is asked for, for each person who is wanted: one person may have many, and half precision may err in their order. */
const FACES_A_PERSON = 16
/** The fewest faces that it is asked for. */
const LEAST_FACES = 64
/** Faces that are added between two calls of `onFaces`. */
const BATCH = 4096

const SCHEMA = object({
  index: number(VERSION, VERSION),
  gallery: text,
  columns: text,
  faces: whole(0),
  size: whole(1),
  connectivity: whole(1),
  expansion_add: whole(1),
  expansion_search: whole(1),
  sha256: text,
})

/** Where the index of a gallery is. */
export function indexPath(gallery: string): string {
  return `${followLink(gallery)}.index`
}

/** Removes the index of a gallery, and what is left of ones whose writing was broken off. @returns whether there was one */
export function removeIndex(gallery: string): boolean {
  const path = indexPath(gallery)
  const was = existsSync(path)
  // Making the folder anew sweeps what dead processes left of it.
  new AtomicFolder(path, { force: true }).abort()
  rmSync(path, { recursive: true, force: true })
  return was
}

/**
 * Makes the index of a gallery, which must be as it is in its file. An earlier one is replaced.
 *
 * @param onFaces called with the number of faces that were added since the last call
 * @throws DataError where usearch is not installed
 */
export async function writeIndex(path: string, gallery: Gallery, onFaces?: (count: number) => void): Promise<void> {
  const { size, length, slabs } = gallery
  const index = await emptyIndex({ size, ...SETTINGS })
  let face = 0
  for (const slab of slabs) {
    for (let at = 0; at < slab.length; at += BATCH * size) {
      const rows = slab.subarray(at, at + BATCH * size)
      const keys = BigUint64Array.from({ length: rows.length / size }, () => BigInt(face++))
      index.add(keys, rows)
      onFaces?.(keys.length)
    }
  }
  const { hash, columnsHash, close } = openColumns(path)
  close()
  const folder = new AtomicFolder(indexPath(path), { force: true })
  try {
    const file = join(folder.temporary, FACES)
    index.save(file)
    const about = {
      index: VERSION,
      gallery: hash,
      columns: columnsHash,
      faces: length,
      size,
      connectivity: SETTINGS.connectivity,
      expansion_add: SETTINGS.expansionAdd,
      expansion_search: SETTINGS.expansionSearch,
      sha256: fileHash(file),
    }
    writeFileSync(join(folder.temporary, ABOUT), `${JSON.stringify(about)}\n`)
    folder.commit()
  } catch (error) {
    folder.abort()
    throw error
  }
}

/** A gallery that is searched by its index: its templates stay in its file. */
export interface IndexedGallery {
  /** Its slabs are empty. */
  gallery: Gallery
  /** Asks the index for faces, and orders them as an exact search does. */
  closest: FindClosest
  close(): void
}

/**
 * Opens the index of a gallery; undefined where there is none.
 *
 * @throws DataError where it is of another state of the gallery, or damaged; where usearch is not installed
 */
export async function openIndex(path: string): Promise<IndexedGallery | undefined> {
  const folder = indexPath(path)
  if (!existsSync(folder)) return undefined
  const about = readJson(join(folder, ABOUT), SCHEMA)
  const columns = openColumns(path)
  try {
    const { gallery, hash, columnsHash } = columns
    if (about.gallery !== hash || about.columns !== columnsHash)
      throw new DataError({ file: folder, expected: `the index of ${path} as it is`, found: 'one of another gallery' })
    const file = join(folder, FACES)
    if (fileHash(file) !== about.sha256)
      throw new DataError({ file, expected: 'the file that the index was written with', found: 'a damaged one' })
    const index = await emptyIndex({
      size: about.size,
      connectivity: about.connectivity,
      expansionAdd: about.expansion_add,
      expansionSearch: about.expansion_search,
    })
    index.view(file)
    const closest: FindClosest = async (queries, top, onBlock) => {
      const wanted = Math.min(gallery.length, Math.max(LEAST_FACES, FACES_A_PERSON * top))
      const found = facesOf(index, queries, wanted).map((faces, i) => {
        const people = new ClosestPeople(top)
        for (const [k, template] of columns.templatesOf(faces).entries())
          people.offer(faces[k]!, gallery.people[faces[k]!]!, similarityTo(queries[i]!, template, 0))
        return people.found
      })
      onBlock?.()
      return found
    }
    return { gallery, closest, close: () => columns.close() }
  } catch (error) {
    columns.close()
    throw error
  }
}

/** The faces that an index finds for each query, in the order of enrolment: ties are decided by that. */
function facesOf(index: Index, queries: readonly Float64Array[], count: number): number[][] {
  if (queries.length === 0) return []
  const size = queries[0]!.length
  const flat = new Float32Array(queries.length * size)
  for (const [i, query] of queries.entries()) flat.set(query, i * size)
  // Of one query there are no counts.
  const { keys, counts } = index.search(flat, count, 0) as Matches & Partial<BatchMatches>
  return queries.map((_, i) => {
    const found = keys.subarray(i * count, i * count + Number(counts?.[i] ?? keys.length))
    return Array.from(found, Number).sort((a, b) => a - b)
  })
}

function fileHash(path: string): string {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafeSlow(2 ** 20)
  const fd = openSync(path, 'r')
  try {
    for (let size = readChunk(fd, buffer); size > 0; size = readChunk(fd, buffer)) hash.update(buffer.subarray(0, size))
  } finally {
    closeSync(fd)
  }
  return hash.digest('hex')
}
