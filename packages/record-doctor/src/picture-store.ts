import { DataError, ScratchFile } from '@tiny-face/safe-files'

/** The encoded pictures of a dataset, on disk: which of them a report will show is known only at the end. */
export class PictureStore {
  readonly #folder: string
  readonly #file: ScratchFile
  /** Where each row's bytes begin; they end where the next one's do. */
  #starts = new Float64Array(1024)
  #count = 0

  constructor(folder: string) {
    this.#folder = folder
    this.#file = new ScratchFile(folder)
  }

  /**
   * Adds the next row's picture.
   *
   * @throws DataError where the disk is full
   */
  add(bytes: Uint8Array): void {
    if (this.#count + 2 > this.#starts.length) {
      const starts = new Float64Array(2 * this.#starts.length)
      starts.set(this.#starts)
      this.#starts = starts
    }
    this.#mayBeFull(() => this.#file.append(bytes))
    this.#starts[++this.#count] = this.#file.length
  }

  /** How many bytes a row's picture has. */
  size(row: number): number {
    return this.#starts[row + 1]! - this.#starts[row]!
  }

  read(row: number): Uint8Array {
    const bytes = new Uint8Array(this.size(row))
    const size = this.#mayBeFull(() => this.#file.read(this.#starts[row]!, bytes))
    if (size < bytes.length) throw new Error(`internal: the picture store ends within row ${row}`)
    return bytes
  }

  close(): void {
    this.#file.close()
  }

  #mayBeFull<T>(action: () => T): T {
    try {
      return action()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      const message = 'no space left for the pictures, which stay there until the report is written'
      throw new DataError({ file: this.#folder, message, cause: error })
    }
  }
}
