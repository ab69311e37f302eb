import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { zipArchive } from '../../packages/image-stream/test/zip-archive.js'
import { exampleFolder } from '../../test/example-folder.js'
import { shell } from '../../test/shell.js'

/**
 * What READMEs' examples take for granted: the small data that the test of their commands has, a wheel, embedded pairs.
 * @throws {Error} with what a command said
 */
export async function exampleData(folder: string): Promise<void> {
  mkdirSync(folder)
  await exampleFolder(folder)
  writeFileSync(join(folder, 'orl-1.0-py3-none-any.whl'), zipArchive({ 'orl/data/s1/1.pgm': 'P5 1 1 255\n0' }))
  const { status, stderr } = shell(
    `set -eu
    image-dump aligned > images.records
    bin-dump lfw.bin | arcface-embed --model runs/r50 --flip > embedded-pairs`,
    folder,
    { pipefail: true },
  )
  if (status !== 0) throw new Error(stderr)
}
