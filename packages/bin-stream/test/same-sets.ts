import type { VerificationSet } from '../src/index.js'

/** tap compares byte by byte, which takes seconds for megabytes. */
export function sameSets(a: VerificationSet, b: VerificationSet): boolean {
  const digest = ({ images, same }: VerificationSet) =>
    JSON.stringify([images.map(image => Buffer.from(image).toString('base64')), same])
  return digest(a) === digest(b)
}
