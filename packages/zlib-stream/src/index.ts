export { adler32, CompressedSink, type Compression } from './compress.js'
export { compressionOf, Inflater } from './inflate.js'
