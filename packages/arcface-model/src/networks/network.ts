import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import type { Alignment } from '../preprocess.js'
import type { Scope } from '../scope.js'
import type { NetworkName, PreprocessName } from '../typed-names.js'
import { faceApi } from './face-api.js'
import { foamliuMobilefacenet } from './foamliu-mobilefacenet.js'
import { iresnet } from './iresnet.js'
import { mbf, mobilefacenet } from './mobilefacenet.js'
import { resnet50 } from './resnet50.js'

export interface Network {
  /** Images `[batch, size, size, 3]` to embeddings `[batch, embeddingSize]`. */
  readonly embed: (net: Scope, images: Tensor4D, embeddingSize?: number) => Tensor2D
  /** Height and width of its images, in pixels. */
  readonly size: number
  readonly embeddingSize: number
  readonly preprocess: PreprocessName
  /** How the faces that it is for are cut out of their photos; as ArcFace's where left out. */
  readonly alignment?: Alignment
  /** The share of values that its dropout sets to 0 while training, where it has one. */
  readonly dropout?: number
}

/** The networks, by the names that commands take. */
export const NETWORKS = {
  mobilefacenet: { embed: mobilefacenet, size: 112, embeddingSize: 128, preprocess: 'mxnet' },
  mbf: { embed: mbf, size: 112, embeddingSize: 512, preprocess: 'arcface' },
  ir18: iresnet([2, 2, 2, 2]),
  ir34: iresnet([3, 4, 6, 3]),
  ir50: iresnet([3, 4, 14, 3]),
  ir100: iresnet([3, 13, 30, 3]),
  resnet50: { embed: resnet50, size: 112, embeddingSize: 512, preprocess: 'mxnet-bgr' },
  'foamliu-mobilefacenet': { embed: foamliuMobilefacenet, size: 112, embeddingSize: 128, preprocess: 'imagenet' },
  'face-api': { embed: faceApi, size: 150, embeddingSize: 128, preprocess: 'face-api', alignment: 'dlib' },
} satisfies Record<NetworkName, Network>
