/** What this project uses of a package that comes without types: libjpeg-turbo in WebAssembly. */
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  export class JPEGDecoder {
    /** Where to put so many bytes of a JPEG; holds until the next call. */
    getEncodedBuffer(length: number): Uint8Array
    /** @throws for all that libjpeg warns of */
    decode(): void
    /** Grey `[height, width]`, or RGB `[height, width, 3]`; holds until the next call. */
    getDecodedBuffer(): Uint8ClampedArray
    getFrameInfo(): { width: number; height: number; componentCount: number }
  }
  // biome-ignore lint/style/noDefaultExport: it is a CommonJS module, which is a function
  export default function load(): Promise<{ JPEGDecoder: typeof JPEGDecoder }>
}
