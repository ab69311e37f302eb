/**
 * Our side of check-bins:
 *
 *     random-bins.ts read DIR           reads each .bin that random-bins.py wrote and compares it with expected.jsonl
 *     random-bins.ts write DIR COUNT    writes random sets, and the expected.jsonl that random-bins.py compares with
 */
import { createHash, randomBytes, randomInt } from 'node:crypto'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { binRecords, openBin, parseBin, writeBin } from '@tiny-face/bin-stream'

interface Expected {
  file: string
  form: string
  images: string[]
  same: boolean[]
}

/** All that a writer looks at of an image. */
const JPEG = Uint8Array.of(0xff, 0xd8, 0xff)

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

function read(folder: string): void {
  let files = 0
  let different = 0
  const forms = new Set<string>()
  for (const line of readFileSync(join(folder, 'expected.jsonl'), 'utf8').trim().split('\n')) {
    const { file, form, images, same }: Expected = JSON.parse(line)
    files++
    forms.add(form)
    const path = join(folder, file)
    try {
      const set = openBin(path)
      const truths = Array.from({ length: set.same.length }, (_, pair) => set.same.at(pair))
      const found = [Array.from(set.images, sha256), truths]
      set.close()
      const whole = parseBin(readFileSync(path), path)
      const wanted = JSON.stringify([images, same])
      if (JSON.stringify(found) === wanted && JSON.stringify([whole.images.map(sha256), whole.same]) === wanted)
        continue
      console.error(`${path}: read otherwise by us (${form})`)
    } catch (error) {
      console.error(`${error} (${form})`)
    }
    different++
  }
  console.log(`we read Python's: ${files} files in ${forms.size} forms, ${different} differ`)
  if (different > 0) process.exitCode = 1
}

function write(folder: string, count: number): void {
  for (let number = 0; number < count; number++) {
    const pairs = [1, 2, 10, randomInt(1, 40), randomInt(50) === 0 ? 1500 : 3][randomInt(5)]!
    const size = () => [0, 255, 256, randomInt(1, 5000), pairs < 5 ? randomInt(1, 3_000_000) : 7][randomInt(5)]!
    const images = Array.from({ length: 2 * pairs }, () => Buffer.concat([JPEG, randomBytes(size())]))
    const same = Array.from({ length: pairs }, () => randomInt(2) === 1)
    const pieces: Uint8Array[] = []
    writeBin(binRecords({ images, same }), piece => void pieces.push(piece.slice()))
    const file = `${String(number).padStart(5, '0')}.bin`
    writeFileSync(join(folder, file), Buffer.concat(pieces))
    const expected: Expected = { file, form: 'ours', images: images.map(sha256), same }
    appendFileSync(join(folder, 'expected.jsonl'), `${JSON.stringify(expected)}\n`)
  }
}

const [mode, folder, count] = process.argv.slice(2)
if (mode === 'read') read(folder!)
else write(folder!, Number(count))
