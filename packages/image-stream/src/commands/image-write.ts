import { progressBar, runCommand, say } from '@tiny-face/command-shell'
import { severalNumbers, stdinRecords } from '@tiny-face/record-stream'
import { AtomicFolder } from '@tiny-face/safe-files'
import { checkReplaceable } from '../folder/check-replaceable.js'
import { writeImageFolder } from '../folder/write-image-folder.js'

await runCommand<{ force?: true; unframed?: true }>({
  name: 'image-write',
  summary: 'Writes the images of a record stream as a folder, a folder per person in it, byte for byte.',
  example: 'recordio-dump train.rec | image-write faces',
  configure: program =>
    program
      .argument('<dir>', 'the folder to write; it has its name only when it is whole')
      .option('--force', 'replace the folder where it exists, if it holds nothing but people and their images')
      .option('--unframed', 'take bare records, with no begin and no end'),
  run([dir], { force, unframed }) {
    const reader = stdinRecords({ unframed })
    if (force) checkReplaceable(dir!)
    const folder = new AtomicFolder(dir!, { force })
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
  },
})
