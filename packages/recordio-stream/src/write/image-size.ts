/**
 * An image's size, from its header.
 *
 * JPEG (ITU T.81, B.1.1.3 and B.2.2): segments `ff marker, uint16 length, …`, big-endian; the frame header (SOF, markers
 * c0 … cf but c4, c8, cc) holds `uint8 precision, uint16 height, uint16 width`. PNG: `IHDR` comes first.
 *
 * @returns undefined where the header is not there
 */
export function imageSize(image: Uint8Array): { height: number; width: number } | undefined {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength)
  if (image[0] === 0x89 && image.length >= 24) return { height: view.getUint32(20), width: view.getUint32(16) }
  for (let at = 2; at + 9 <= image.length && image[at] === 0xff; ) {
    const marker = image[at + 1]!
    if (marker === 0xff) at += 1
    else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
    } else at += 2 + view.getUint16(at + 2)
  }
  return undefined
}
