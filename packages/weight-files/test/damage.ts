import { readFileSync, writeFileSync } from 'node:fs'
import type { Test } from 'tap'
import { outcome } from './fixture.js'

/**
 * A file cut anywhere is told; one with a flipped bit is told, or read as something, but for `verified` files, of which every number has a
 * checksum: these are read as they were.
 */
export async function checkDamage(
  t: Test,
  opened: string,
  damaged: string,
  { verified, cutIsTold = true }: { verified: boolean; cutIsTold?: boolean },
): Promise<void> {
  const bytes = readFileSync(damaged)
  const whole = await outcome(opened)
  t.ok(whole instanceof Map, 'whole')
  const steps = Math.ceil(bytes.length / 400)
  let told = 0
  for (let size = 0; size < bytes.length; size += steps) {
    writeFileSync(damaged, bytes.subarray(0, size))
    const found = await outcome(opened)
    if (cutIsTold && typeof found !== 'string') t.fail(`cut to ${size} bytes is read`)
  }
  for (let bit = 3; bit < bytes.length * 8; bit += steps * 8 + 1) {
    const flipped = Buffer.from(bytes)
    flipped[bit >> 3]! ^= 1 << (bit & 7)
    writeFileSync(damaged, flipped)
    const found = await outcome(opened)
    if (typeof found === 'string') told++
    else if (verified && !sameNumbers(found, whole as Map<string, Float32Array>))
      t.fail(`bit ${bit} flipped: other numbers are read`)
  }
  t.ok(told > 10, `${told} flipped bits told`)
  writeFileSync(damaged, bytes)
  t.strictSame(await outcome(opened), whole)
}

/** Names may be damaged, and settings that nothing depends on. */
function sameNumbers(found: Map<string, Float32Array>, whole: Map<string, Float32Array>): boolean {
  const texts = (values: Map<string, Float32Array>) =>
    [...values.values()]
      .map(numbers => numbers.join())
      .sort()
      .join('\n')
  return texts(found) === texts(whole)
}
