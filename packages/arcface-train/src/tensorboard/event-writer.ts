import { closeSync, mkdirSync, openSync, readdirSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { TFRecordWriter } from '@tiny-face/tfrecord-stream'
import { type EventBody, encodeEvent, type SummaryValue } from './encode-event.js'
import { histogramOf } from './histogram.js'

/** The files that TensorBoard takes for event files of one run have this in their names; it reads them in the order of their names. */
const NAME = /^events\.out\.tfevents\.(\d+)\./

/**
 * Writes what TensorBoard shows. Every event is handed to the operating system at once: a kill loses at most the one being written, and
 * TensorBoard, which leaves a torn record at the end of a file alone, goes on to the next file.
 */
export class EventWriter {
  readonly file: string
  readonly #fd: number
  readonly #records: TFRecordWriter

  /**
   * Opens a new file, `events.out.tfevents.SECONDS.HOST.PID.N`.
   *
   * @param folder the run's event files; made where it is not there
   * @param options.from the first step that is written, of a run that goes on: TensorBoard forgets what older files say of it and of
   *   later steps
   */
  constructor(folder: string, { from }: { from?: number | undefined } = {}) {
    mkdirSync(folder, { recursive: true })
    this.file = join(folder, nextName(readdirSync(folder)))
    this.#fd = openSync(this.file, 'wx')
    this.#records = new TFRecordWriter(this.#fd, 1 << 12)
    this.#write(0, { fileVersion: 'brain.Event:2' })
    if (from !== undefined) this.#write(from, { start: true })
  }

  /** @param values by tag; TensorBoard keeps them as float32 */
  scalars(step: number, values: Readonly<Record<string, number>>): void {
    this.#summary(
      step,
      Object.entries(values).map(([tag, scalar]) => ({ tag, scalar })),
    )
  }

  histogram(step: number, tag: string, values: ArrayLike<number>): void {
    this.#summary(step, [{ tag, histogram: histogramOf(values) }])
  }

  /** @param png an RGB image */
  image(step: number, tag: string, png: Uint8Array): void {
    // A PNG's first chunk is IHDR: 8 bytes of signature, length, name, and then width and height.
    const header = new DataView(png.buffer, png.byteOffset, png.byteLength)
    this.#summary(step, [{ tag, image: { width: header.getUint32(16), height: header.getUint32(20), png } }])
  }

  close(): void {
    closeSync(this.#fd)
  }

  #summary(step: number, summary: readonly SummaryValue[]): void {
    this.#write(step, { summary })
  }

  #write(step: number, body: EventBody): void {
    this.#records.write(encodeEvent(Date.now() / 1000, step, body))
    this.#records.flush()
  }
}

/** A name behind those that are there: with a clock that was set back, or twice in a second, the seconds go on from the last file's. */
function nextName(names: readonly string[]): string {
  const times = names.flatMap(name => NAME.exec(name)?.[1] ?? []).map(Number)
  const seconds = Math.max(Math.floor(Date.now() / 1000), ...times.map(time => time + 1))
  return `events.out.tfevents.${String(seconds).padStart(10, '0')}.${hostname()}.${process.pid}.${times.length}`
}
