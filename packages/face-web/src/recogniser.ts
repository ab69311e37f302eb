import { DEFAULT_BATCH_SIZE, embedder, fingerprint, type OpenOptions, openModel } from '@tiny-face/arcface-model'
import { type AlignedFace, alignPhoto, chooseFaces, openDetector } from '@tiny-face/face-aligner'
import {
  type Embedded,
  enrol,
  type GalleryKind,
  listEnrolled,
  personName,
  removePerson,
  search,
  templateOf,
} from '@tiny-face/face-gallery'
import type { Tensor } from '@tiny-face/record-stream'
import { DataError, placed } from '@tiny-face/safe-files'
import { cosineOf, squaredDistance } from '@tiny-face/verifier'
import type { Compared, EnrolledPerson, FoundFaces } from './answers.js'
import { GalleryOnDisk } from './gallery-on-disk.js'

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
  /** Of the gallery as its file has it. @throws DataError where that is none any more, or another network's */
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
  const { threads } = options
  const detector = await openDetector(options.detector, { threads })
  const network = await openModel(options.model, { preprocess: options.preprocess, threads })
  const model = fingerprint(options.model, network)
  const embed = embedder(network)
  const size = (await embed([new Uint8Array(network.shape.height * network.shape.width * 3)], false))[0]!.shape[0]!
  const gallery = new GalleryOnDisk(options.gallery, { size, model })

  /** The embeddings of aligned faces; not of all at once, as there may be hundreds in a photo. */
  async function embeddingsOf(pixels: readonly Uint8Array[], mirrored: boolean): Promise<Tensor[]> {
    const embeddings: Tensor[] = []
    for (let at = 0; at < pixels.length; at += DEFAULT_BATCH_SIZE)
      embeddings.push(...(await embed(pixels.slice(at, at + DEFAULT_BATCH_SIZE), mirrored)))
    return embeddings
  }

  async function facesOf(photo: Uint8Array): Promise<KnownFaces> {
    const { picture, faces } = await alignPhoto(photo, detector, {
      faces: 'all',
      size: network.shape.height,
      template: network.alignment,
    })
    const pixels = faces.map(({ aligned }) => aligned.pixels)
    const embeddings = await embeddingsOf(pixels, false)
    const flipped = gallery.kind.flip ? await embeddingsOf(pixels, true) : []
    const known = faces.map((face, i) => ({ face, embedding: embeddings[i]!, flipped: flipped[i] }))
    return { picture, faces: known }
  }

  async function described({ picture, faces }: KnownFaces): Promise<FoundFaces> {
    const people = gallery.now()
    const found = people.length === 0 ? [] : await search(people, faces, { threshold: -1, top: NAMED_PEOPLE })
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
    kind: gallery.kind,
    people: () => listEnrolled(gallery.now()).map(({ person, faces }) => ({ person, faces })),
    async find(photo) {
      return described(await facesOf(photo))
    },
    async enrol(photo, face, person, id) {
      personName(person)
      const { faces } = await facesOf(photo)
      const chosen = faces[face]
      if (chosen === undefined)
        throw new DataError({ expected: `a photo with a face ${face + 1}`, found: `${faces.length} faces` })
      await gallery.update(before => enrol(before, [{ ...chosen, person, id }]))
    },
    async remove(person) {
      await gallery.update(before => removePerson(before, person))
    },
    async compare(first, second) {
      const of = (photo: Uint8Array, which: string) =>
        facesOf(photo).catch(error => {
          throw placed(error, { file: which })
        })
      const [left, right] = [await of(first, 'the first photo'), await of(second, 'the second photo')]
      const [a, b] = [left, right].map(largest)
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

interface KnownFaces {
  readonly picture: { readonly width: number; readonly height: number }
  readonly faces: readonly KnownFace[]
}

function largest({ picture, faces }: KnownFaces): KnownFace | undefined {
  const found = faces.map(({ face }) => face)
  const [place] = chooseFaces(found, 'largest', picture)
  return place === undefined ? undefined : faces[place]
}

function similarityOf(a: KnownFace, b: KnownFace): number {
  return cosineOf(squaredDistance(templateOf(a).values, templateOf(b).values))
}
