import { type Part, partBounds, progressBar, say } from '@tiny-face/command-shell'
import { stdoutRecords } from '@tiny-face/record-stream'
import { DataError, UsageError } from '@tiny-face/safe-files'
import { listPeople } from '../folder/list-people.js'
import { listPhotos } from '../folder/list-photos.js'
import type { ImageFile, ImageListing, ListingProblem } from '../image-listing.js'
import { readImageList } from '../list/read-image-list.js'
import { pairImageRecords } from '../pairs/pair-image-records.js'
import { readPairsList } from '../pairs/read-pairs-list.js'
import { splitArchivePath } from '../source/archive-path.js'
import { imageRecords } from '../source/image-records.js'
import { type ImageSource, openImageSource } from '../source/image-source.js'
import { type ZippedRecordIO, zippedRecordIO } from '../source/zipped-recordio.js'

/** Most problems that are listed one by one. */
const MAX_LISTED = 50

export interface Options {
  size?: number
  pairs?: string
  list?: string
  flat?: true
  undecoded?: true
  skipDamaged?: true
  part?: Part
  threads: number
}

/** Writes the images of a folder or an archive to standard output. */
export async function dumpImages(dir: string, options: Options): Promise<void> {
  const { size, pairs, list, flat, undecoded, skipDamaged, part } = options
  if (pairs !== undefined && list !== undefined) throw new UsageError('--pairs and --list are two lists: give one')
  if (flat && (pairs ?? list) !== undefined) throw new UsageError('--flat takes the whole folder: no list goes with it')
  if (undecoded && size !== undefined) throw new UsageError('--size decodes: --undecoded does not go with it')
  const { archive, inside } = splitArchivePath(dir)
  const source = await openImageSource(archive)
  const zipped = zippedRecordIO(source, inside)
  if (zipped === undefined) await dumpListed(source, options)
  else if ((size ?? pairs ?? list ?? flat ?? undecoded ?? skipDamaged ?? part) === undefined)
    await dumpRecords(dir, zipped)
  else throw new UsageError(`${zipped.file} is a .rec file, which none of these options goes with`)
  source.close()
}

async function dumpListed(source: ImageSource, options: Options): Promise<void> {
  const { size, undecoded, threads, skipDamaged, part } = options
  const leaveOut = (error: DataError) => say(`left out ${error.message}`)
  const { listing, first, records } = listed(source, options, {
    size,
    undecoded,
    threads,
    skipDamaged: skipDamaged && leaveOut,
  })
  const { people, images, remarks } = listing
  // What is said of the listing as a whole, the first part says.
  const isFirst = part === undefined || part.index === 0
  const problems = isFirst ? listing.problems : []
  if (isFirst) for (const remark of remarks) say(remark)
  if (!skipDamaged) refuse(source.name, listing.problems)
  for (const { error } of problems) leaveOut(error)
  const total = images.length + problems.reduce((sum, { images }) => sum + images, 0)
  const begin = {
    ...{ classes: people?.length, names: people, source: source.name },
    part: part && { ...part, first: skipDamaged ? undefined : first },
  }
  const writer = stdoutRecords({ ...begin, count: skipDamaged ? undefined : images.length })
  const bar = progressBar({ unit: 'images', total: images.length })
  let written = 0
  for await (const record of records) {
    writer.write(record)
    bar.advance(1, record.image.length)
    written++
  }
  if (written === 0 && part === undefined)
    throw new DataError({ file: source.name, expected: 'images that can be read', found: 'none' })
  writer.end()
  if (written < total) say(`left out ${total - written} of ${total} images`)
  bar.done()
}

function listed(
  source: ImageSource,
  { size, pairs, list, flat, undecoded, part }: Options,
  reading: NonNullable<Parameters<typeof imageRecords>[2]>,
) {
  if (pairs !== undefined) {
    const cut = partOf(readPairsList(pairs, source), part, 2)
    return { ...cut, records: pairImageRecords(source, cut.listing.images, reading) }
  }
  const resized = size !== undefined
  if (flat) {
    const cut = partOf(listPhotos(source), part)
    return { ...cut, records: imageRecords(source, cut.listing.images, { ...reading, undecoded: !resized }) }
  }
  const listing =
    list === undefined ? listPeople(source, { anyFormat: resized || undecoded }) : readImageList(list, source)
  const cut = partOf(listing, part)
  return { ...cut, records: imageRecords(source, cut.listing.images, reading) }
}

/**
 * A listing with the images of one part alone.
 *
 * @param together so many images, one after the other, stay in one part
 */
function partOf<T extends ImageFile>(
  listing: ImageListing<T>,
  part: Part | undefined,
  together = 1,
): { listing: ImageListing<T>; first: number } {
  if (part === undefined) return { listing, first: 0 }
  const { from, to } = partBounds(listing.images.length / together, part)
  const images = listing.images.slice(together * from, together * to)
  return { listing: { ...listing, images }, first: together * from }
}

async function dumpRecords(source: string, records: ZippedRecordIO): Promise<void> {
  const writer = stdoutRecords({ source })
  const bar = progressBar({ unit: 'images' })
  let written = 0
  for await (const record of records) {
    writer.write(record)
    bar.advance(1, record.image?.length)
    written++
  }
  const { file, leftOut, beside } = records
  if (written === 0) {
    const found = `none${leftOut === undefined ? '' : ` among ${leftOut}`}`
    throw new DataError({ file, expected: 'at least one JPEG or PNG with a label', found })
  }
  writer.end()
  if (leftOut !== undefined) say(`${file}: left out ${leftOut} without a JPEG or PNG with a label`)
  if (beside.length > 0) {
    const more = beside.length > 1 ? ` and ${beside.length - 1} more` : ''
    say(`passed over ${beside[0]}${more} (images beside ${file})`)
  }
  bar.done()
}

/** Lists all that stands in the way, so that nobody has to run the command once for each. */
function refuse(dir: string, problems: ListingProblem[]): void {
  if (problems.length === 0) return
  if (problems.length === 1) throw problems[0]!.error
  for (const { error } of problems.slice(0, MAX_LISTED)) say(error.message)
  const more = problems.length > MAX_LISTED ? ` (${MAX_LISTED} of them are listed)` : ''
  const message = `${problems.length} problems stand in the way${more}; --skip-damaged goes on past each`
  throw new DataError({ file: dir, message })
}
