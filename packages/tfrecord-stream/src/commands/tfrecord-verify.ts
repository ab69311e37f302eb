import { progressBar, runCommand } from '@tiny-face/command-shell'
import { DataError } from '@tiny-face/safe-files'
import { parseManifest } from '../shards/manifest.js'
import { verifyShards } from '../shards/verify-shards.js'

await runCommand({
  name: 'tfrecord-verify',
  summary: 'Reads folders of shards again, every byte, against their manifests; one line for each thing that is wrong.',
  example: 'tfrecord-verify shards',
  configure: program => program.argument('<dirs...>', 'folders that tfrecord-write wrote'),
  run(folders) {
    const bar = progressBar({ unit: 'records', total: folders.reduce((sum, folder) => sum + countOf(folder), 0) })
    let problems = 0
    for (const folder of folders) {
      for (const { message } of verifyShards(folder, { onRecord: bytes => bar.advance(1, bytes) })) {
        problems++
        console.log(message)
      }
    }
    if (problems > 0) throw new DataError({ message: `${problems} ${problems === 1 ? 'problem' : 'problems'} found` })
    bar.done()
  },
})

/** Of a folder with no manifest that can be read, verifying says so. */
function countOf(folder: string): number {
  try {
    return parseManifest(folder)?.count ?? 0
  } catch {
    return 0
  }
}
