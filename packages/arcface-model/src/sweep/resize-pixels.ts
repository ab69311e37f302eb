import type { Pixels } from '@tiny-face/image-stream'

/**
 * The middle of an image, resized bilinearly: as OpenCV's resize with INTER_LINEAR does it of the same square, in floating point.
 *
 * @param image RGB
 * @param crop the share of both sides that stays, over 0 to 1: 0.9 cuts off 5% at either end
 */
export function cropAndResize(image: Pixels, crop: number, height: number, width: number): Uint8Array {
  if (crop === 1 && image.height === height && image.width === width) return image.pixels
  const rows = places(image.height, crop, height)
  const columns = places(image.width, crop, width)
  const pixels = new Uint8Array(height * width * 3)
  let to = 0
  for (const y of rows)
    for (const x of columns)
      for (let channel = 0; channel < 3; channel++) {
        const at = (row: number, column: number) => image.pixels[(row * image.width + column) * 3 + channel]!
        const above = at(y.low, x.low) * (1 - x.part) + at(y.low, x.high) * x.part
        const below = at(y.high, x.low) * (1 - x.part) + at(y.high, x.high) * x.part
        pixels[to++] = Math.round(above * (1 - y.part) + below * y.part)
      }
  return pixels
}

/** Between which two pixels of a line each new one lies, and how far from the first to the second; pixels are where their middles are. */
function places(length: number, crop: number, count: number): { low: number; high: number; part: number }[] {
  const kept = Math.max(1, Math.round(length * crop))
  const first = Math.floor((length - kept) / 2)
  return Array.from({ length: count }, (_, i) => {
    const at = Math.min(Math.max(((i + 0.5) * kept) / count - 0.5, 0), kept - 1)
    const low = Math.floor(at)
    return { low: first + low, high: first + Math.min(low + 1, kept - 1), part: at - low }
  })
}
