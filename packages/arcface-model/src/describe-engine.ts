import type { EngineChoice } from '@tiny-face/tfjs-compiler'

/** One line for a person who left the choice open: what was taken, and what would be faster. */
export function describeEngine({ engine, precision, remark }: EngineChoice): string {
  return `engine ${engine}, ${precision}${remark === undefined ? '' : ` (${remark})`}`
}
