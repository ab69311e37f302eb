import { progressBar, say } from '@tiny-face/command-shell'
import { stdinRecords, stdoutRecords } from '@tiny-face/record-stream'
import { AtomicFile, DataError, UsageError } from '@tiny-face/safe-files'
import { type AlignRecordsOptions, alignRecords, type RecordReject } from '../align-records.js'
import { openDetector } from '../detect/open-detector.js'
import { installDetector } from '../install/install-detector.js'
import { type DetectorName, PINNED_DETECTORS } from '../install/pinned-detectors.js'

export interface Options extends AlignRecordsOptions {
  install?: DetectorName | true
  from?: string
  detector: string
  rejects?: string
  unframed?: true
}

/** Writes aligned faces of the photos of standard input to standard output; or only installs a detector. */
export async function alignStream(options: Options): Promise<void> {
  const { install: name, from } = options
  if (name !== undefined) return install(name === true ? 'yunet' : name, from)
  if (from !== undefined) throw new UsageError('--from goes with --install')
  const detector = await openDetector(options.detector)
  const reader = stdinRecords({ unframed: options.unframed })
  const { classes, names, source, count } = reader.begin
  const writer = stdoutRecords({ classes, names, source, alignment: options.template })
  const rejects = new Rejects(options.rejects)
  const bar = progressBar({ unit: 'photos', total: count })
  let photos = 0
  for await (const aligned of alignRecords(reader, detector, { ...options, source })) {
    for (const record of aligned.faces) writer.write(record)
    for (const reject of aligned.rejects) rejects.add(reject)
    photos += aligned.photos
    bar.advance(aligned.photos, aligned.bytes)
  }
  rejects.end()
  if (writer.count === 0) {
    const found = photos === 0 ? 'no photo' : `none in ${photos} ${photos === 1 ? 'photo' : 'photos'}`
    throw new DataError({ file: source, expected: 'a face that can be used', found: `${found}${rejects.inWords}` })
  }
  writer.end()
  bar.done()
  say(`${writer.count} ${writer.count === 1 ? 'face' : 'faces'} aligned${rejects.inWords}`)
  await detector.close()
}

async function install(name: DetectorName, from: string | undefined): Promise<void> {
  const folder = await installDetector(name, { show: true, ...(from !== undefined && { from }) })
  say(`${name} is installed in ${folder} (${PINNED_DETECTORS[name].licence})`)
}

/** Counts what was left out by its reason, and lists it in a file where one is asked for, an object a line. */
class Rejects {
  readonly #counts = new Map<string, number>()
  readonly #file: AtomicFile | undefined

  constructor(path: string | undefined) {
    this.#file = path === undefined ? undefined : new AtomicFile(path, { force: true })
  }

  add({ id, reason, message, face }: RecordReject): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1)
    const line = { id: typeof id === 'bigint' ? String(id) : id, reason, message, ...face }
    this.#file?.write(Buffer.from(`${JSON.stringify(line)}\n`))
    if (message !== undefined) say(`left out ${id}: ${message}`)
  }

  /** `, left out 3 (2 no face, 1 too small)`; nothing where nothing was. */
  get inWords(): string {
    const total = [...this.#counts.values()].reduce((sum, count) => sum + count, 0)
    const reasons = [...this.#counts].map(([reason, count]) => `${count} ${reason}`).join(', ')
    return total === 0 ? '' : `, left out ${total} (${reasons})`
  }

  end(): void {
    this.#file?.commit()
  }
}
