import { progressBar, say } from '@tiny-face/command-shell'
import { DataError } from '@tiny-face/safe-files'
import { updateGallery } from '../file/update-gallery.js'
import { openIndex, writeIndex } from '../index/gallery-index.js'
import { indexRecall } from '../index/index-recall.js'

/** Makes an index beside a gallery, and says how much of what an exact search finds it finds. */
export async function indexGallery(path: string): Promise<void> {
  // Nobody is removed from the gallery while they are on their way into its index.
  await updateGallery(path, async gallery => {
    if (gallery === undefined) throw new DataError({ file: path, message: 'no such file' })
    if (gallery.length === 0) throw new DataError({ file: path, message: 'nobody is enrolled' })
    const bar = progressBar({ unit: 'faces', total: gallery.length })
    await writeIndex(path, gallery, count => bar.advance(count))
    bar.done()
    const index = await openIndex(path)
    const { faces, first, ten } = await indexRecall(gallery, index!.closest)
    index!.close()
    say(
      `of ${faces} faces the most alike other person is found for ${first.toFixed(4)}, of the ten most alike ${ten.toFixed(4)}`,
    )
    return gallery
  })
}
