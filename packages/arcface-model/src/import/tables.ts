import type { NameTable } from './name-table.js'
import { adaface, cvlface } from './tables/adaface.js'
import { arcfaceTorchIResNet, arcfaceTorchMbf, arcfaceTorchMobileFaceNet } from './tables/arcface-torch.js'
import { faceApi } from './tables/face-api.js'
import { foamliu } from './tables/foamliu.js'
import { insightfaceMobileFaceNet, insightfaceResNet } from './tables/insightface-mxnet.js'
import { tinyFace } from './tables/tiny-face.js'
import { tinyFaceRecognition } from './tables/tiny-face-recognition.js'

/** All sources whose names are known. */
export const TABLES: readonly NameTable[] = [
  arcfaceTorchIResNet,
  arcfaceTorchMobileFaceNet,
  arcfaceTorchMbf,
  adaface,
  cvlface,
  foamliu,
  faceApi,
  insightfaceResNet,
  insightfaceMobileFaceNet,
  tinyFaceRecognition,
  tinyFace,
]
