import { InvalidArgumentError } from './invalid-argument.js'

const UNITS: { [unit: string]: number } = {
  B: 1,
  kB: 1000,
  KB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  TB: 1000 ** 4,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
}

/** For commander: reads a number of bytes such as `512MiB`, `1.5GB` or `1048576`, of at least `minimum`. */
export function parseSize(what: string, minimum = 0): (text: string) => number {
  return text => {
    const match = /^(\d+(?:\.\d+)?) ?([A-Za-z]*)$/.exec(text)
    const bytes = Math.floor(Number(match?.[1]) * (UNITS[match?.[2] || 'B'] ?? Number.NaN))
    if (!Number.isSafeInteger(bytes) || bytes < minimum) {
      throw new InvalidArgumentError(`${what} is a size such as 512MiB or 2GB, of at least ${minimum} bytes.`)
    }
    return bytes
  }
}
