import { readFileSync } from 'node:fs'

/** The first JPEGs of an insightface .bin that Python 2 pickled: each a BINSTRING, `T`, its length in 4 bytes, its bytes. */
export function firstJpegs(file: string, count: number): Uint8Array[] {
  const bytes = readFileSync(file)
  const jpegs: Uint8Array[] = []
  for (let at = 0; jpegs.length < count; ) {
    const start = bytes.indexOf(Buffer.of(0xff, 0xd8, 0xff), at)
    if (bytes[start - 5] !== 'T'.charCodeAt(0)) throw new Error(`no BINSTRING before byte ${start}`)
    at = start + bytes.readUInt32LE(start - 4)
    jpegs.push(bytes.subarray(start, at))
  }
  return jpegs
}

/** The values of a float32 .npy file. */
export function readNpy(file: string): Float32Array {
  const bytes = readFileSync(file)
  return new Float32Array(Uint8Array.from(bytes.subarray(10 + bytes.readUInt16LE(8))).buffer)
}
