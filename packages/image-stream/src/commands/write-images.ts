import { progressBar, say } from '@tiny-face/command-shell'
import { severalNumbers, stdinRecords } from '@tiny-face/record-stream'
import { AtomicFolder } from '@tiny-face/safe-files'
import { checkReplaceable } from '../folder/check-replaceable.js'
import { writeImageFolder } from '../folder/write-image-folder.js'

export interface Options {
  force?: true
  unframed?: true
}

/** Writes the images of standard input as a folder. */
export function writeImages(dir: string, { force, unframed }: Options): void {
  const reader = stdinRecords({ unframed })
  if (force) checkReplaceable(dir)
  const folder = new AtomicFolder(dir, { force })
  try {
    const bar = progressBar({ unit: 'images', total: reader.begin.count })
    let several = 0
    for (const { image, label } of writeImageFolder(folder.temporary, reader)) {
      if (typeof label === 'object') several++
      bar.advance(1, image.length)
    }
    if (several > 0) say(severalNumbers(several))
    folder.commit()
    bar.done()
  } catch (error) {
    folder.abort()
    throw error
  }
}
