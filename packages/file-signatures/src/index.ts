export { fileKind, KIND_BYTES } from './file-kind.js'
export { type ImageFormat, imageFormat } from './image-format.js'
