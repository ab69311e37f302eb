import { progressBar } from '@tiny-face/command-shell'
import { DataError } from '@tiny-face/safe-files'
import { parseManifest } from '../shards/manifest.js'
import { verifyShards } from '../shards/verify-shards.js'

export interface Options {
  images?: true
}

/** Writes a line to standard output for each thing that is wrong with the folders, and throws where there was one. */
export async function verifyFolders(folders: readonly string[], { images }: Options): Promise<void> {
  let problems = 0
  const tell = ({ message }: DataError) => {
    problems++
    console.log(message)
  }
  const records = folders.reduce((sum, folder) => sum + countOf(folder), 0)
  const bar = progressBar({ unit: 'records', total: records })
  const whole = folders.filter(folder => {
    const before = problems
    for (const problem of verifyShards(folder, { onRecord: bytes => bar.advance(1, bytes) })) tell(problem)
    return problems === before
  })
  if (problems === 0) bar.done()
  if (images) {
    // Not loaded where no image is decoded.
    const { verifyImages } = await import('../shards/verify-images.js')
    const decoded = progressBar({ unit: 'images' })
    for (const folder of whole)
      for await (const problem of verifyImages(folder, { onImage: bytes => decoded.advance(1, bytes) })) tell(problem)
    decoded.done()
  }
  if (problems > 0) throw new DataError({ message: `${problems} ${problems === 1 ? 'problem' : 'problems'} found` })
}

/** Of a folder with no manifest that can be read, verifying says so. */
function countOf(folder: string): number {
  try {
    return parseManifest(folder)?.count ?? 0
  } catch {
    return 0
  }
}
