import { accessSync, constants, statSync } from 'node:fs'
import { dirname } from 'node:path'
import {
  emptyGallery,
  type Gallery,
  type GalleryKind,
  mustBeOfModel,
  readGallery,
  updateGallery,
} from '@tiny-face/face-gallery'
import { DataError } from '@tiny-face/safe-files'

/**
 * A gallery as its file has it at the moment: other programs enrol and remove meanwhile, and whom face-identify removed is not known here
 * any more.
 */
export class GalleryOnDisk {
  /** What its embeddings are, and stay: a threshold is for such. */
  readonly kind: GalleryKind
  readonly #path: string
  #last: { readonly stamp: string; readonly gallery: Gallery } | undefined

  /**
   * @param size of the embeddings that `model` makes; a gallery that is not there yet has those of mirror images, too
   * @throws DataError as `now` does; the system's own error where there is no file, nor a folder to make it in
   */
  constructor(path: string, { size, model }: Omit<GalleryKind, 'flip'>) {
    this.#path = path
    this.#last = this.#read()
    // Told before somebody names faces that cannot be kept.
    if (this.#last === undefined) accessSync(dirname(path), constants.W_OK)
    this.kind = { size, flip: this.#last?.gallery.flip ?? true, model }
    if (this.#last) this.#mustFit(this.#last.gallery)
  }

  /**
   * The gallery; an empty one where there is no file.
   *
   * @throws DataError where the file is no gallery, or one of other embeddings
   */
  now(): Gallery {
    const last = this.#read()
    if (last === undefined) return emptyGallery(this.kind)
    this.#mustFit(last.gallery)
    this.#last = last
    return last.gallery
  }

  /** Changes it as `updateGallery` does. @throws DataError as that and `now` do */
  async update(change: (gallery: Gallery) => Gallery): Promise<void> {
    await updateGallery(this.#path, (before = emptyGallery(this.kind)) => {
      this.#mustFit(before)
      return change(before)
    })
  }

  /** What is in the file, which is not read again where it is the one that was read last. */
  #read(): { readonly stamp: string; readonly gallery: Gallery } | undefined {
    const stat = statSync(this.#path, { bigint: true, throwIfNoEntry: false })
    if (stat === undefined) return undefined
    const stamp = `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeNs}`
    return this.#last?.stamp === stamp ? this.#last : { stamp, gallery: readGallery(this.#path) }
  }

  #mustFit(gallery: Gallery): void {
    mustBeOfModel(this.kind.model, gallery, this.#path)
    if (gallery.flip === this.kind.flip) return
    const say = (flip: boolean) => `embeddings ${flip ? 'with' : 'without'} those of mirror images`
    throw new DataError({ file: this.#path, expected: say(this.kind.flip), found: say(gallery.flip) })
  }
}
