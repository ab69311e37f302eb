import { existsSync } from 'node:fs'
import { embedder, fingerprint, type OpenOptions, openModel } from '@tiny-face/arcface-model'
import { type AlignedFace, alignPhoto, openDetector } from '@tiny-face/face-aligner'
import {
  type Embedded,
  emptyGallery,
  enrol,
  type Gallery,
  type GalleryKind,
  listEnrolled,
  mustBeOfModel,
  readGallery,
  removePerson,
  search,
  updateGallery,
} from '@tiny-face/face-gallery'
import type { Tensor } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { cosineOf, measureFace, squaredDistance } from '@tiny-face/verifier'
import type { Compared, EnrolledPerson, FoundFaces } from './answers.js'

/** How many people of the gallery are named for each face. */
const NAMED_PEOPLE = 3

export interface RecogniserOptions {
  /** The gallery's file; it is made when the first person is enrolled. */
  readonly gallery: string
  /** An ONNX file or a run's folder. */
  readonly model: string
  readonly detector: string
  readonly preprocess?: OpenOptions['preprocess']
  readonly threads?: number | undefined
}

/** What knows the faces of a gallery: it keeps nothing of a photo but the embedding of a face that is enrolled. */
export interface Recogniser {
  /** Of the embeddings: a threshold must be for such. */
  readonly kind: GalleryKind
  people(): EnrolledPerson[]
  /** Every face of a photo, and whom it looks like. */
  find(photo: Uint8Array): Promise<FoundFaces>
  /**
   * Enrols one face of a photo.
   *
   * @param face its place among those that `find` gives
   * @param id which picture it is of
   * @throws DataError where the photo has no such face, or the name is none
   */
  enrol(photo: Uint8Array, face: number, person: string, id: string): Promise<void>
  /** @throws DataError where nobody of that name is enrolled */
  remove(person: string): Promise<void>
  compare(first: Uint8Array, second: Uint8Array): Promise<Compared>
  close(): Promise<void>
}

/**
 * Opens detector, network and gallery.
 *
 * @throws DataError where one of them cannot be read, or the gallery holds embeddings of another network
 */
export async function openRecogniser(options: RecogniserOptions): Promise<Recogniser> {
  const { gallery: file, threads } = options
  const detector = await openDetector(options.detector, { threads })
  const network = await openModel(options.model, { preprocess: options.preprocess, threads })
  const model = fingerprint(options.model, network)
  const embed = embedder(network)
  const size = (await embed([new Uint8Array(network.shape.height * network.shape.width * 3)], false))[0]!.shape[0]!
  const read = () => readIfThere(file) ?? emptyGallery({ size, flip: true, model })
  let gallery = read()
  mustBeOfModel(model, gallery, file)

  async function facesOf(
    photo: Uint8Array,
  ): Promise<{ picture: { width: number; height: number }; faces: KnownFace[] }> {
    const { picture, faces } = await alignPhoto(photo, detector, {
      faces: 'all',
      size: network.shape.height,
      template: network.alignment,
    })
    const pixels = faces.map(({ aligned }) => aligned.pixels)
    const embeddings = await embed(pixels, false)
    const flipped = gallery.flip ? await embed(pixels, true) : []
    const known = faces.map((face, i) => ({ face, embedding: embeddings[i]!, flipped: flipped[i] }))
    return { picture, faces: known }
  }

  async function described({ picture, faces }: Awaited<ReturnType<typeof facesOf>>): Promise<FoundFaces> {
    const found = gallery.length === 0 ? [] : await search(gallery, faces, { threshold: -1, top: NAMED_PEOPLE })
    return {
      ...picture,
      faces: faces.map(({ face: { box, points, score } }, i) => ({
        box,
        points,
        score,
        like: (found[i]?.matches ?? []).map(({ person, similarity }) => ({ person, similarity })),
      })),
    }
  }

  return {
    kind: { size, flip: gallery.flip, model },
    people: () => listEnrolled(gallery).map(({ person, faces }) => ({ person, faces })),
    async find(photo) {
      return described(await facesOf(photo))
    },
    async enrol(photo, face, person, id) {
      const { faces } = await facesOf(photo)
      const chosen = faces[face]
      if (chosen === undefined)
        throw new DataError({ expected: `a photo with a face ${face + 1}`, found: `${faces.length} faces` })
      gallery = await updateGallery(file, before => enrol(before ?? read(), [{ ...chosen, person, id }]))
    },
    async remove(person) {
      gallery = await updateGallery(file, before => removePerson(before ?? read(), person))
    },
    async compare(first, second) {
      const [left, right] = [await facesOf(first), await facesOf(second)]
      const [a, b] = [left, right].map(({ faces }) => largest(faces))
      return {
        photos: [await described(left), await described(right)],
        similarity: a && b ? similarityOf(a, b) : null,
      }
    },
    async close() {
      await network.close()
      await detector.close()
    },
  }
}

interface KnownFace extends Embedded {
  readonly face: AlignedFace
  readonly embedding: Tensor
  readonly flipped: Tensor | undefined
}

function readIfThere(file: string): Gallery | undefined {
  return existsSync(file) ? readGallery(file) : undefined
}

function largest(faces: readonly KnownFace[]): KnownFace | undefined {
  const area = ({ face: { box } }: KnownFace) => box[2] * box[3]
  return faces.toSorted((a, b) => area(b) - area(a))[0]
}

function similarityOf(a: KnownFace, b: KnownFace): number {
  const [left, right] = [a, b].map(
    face => measureFace({ embedding: face.embedding, ...(face.flipped && { flipped: face.flipped }) }).template,
  )
  return cosineOf(squaredDistance(left!, right!))
}
