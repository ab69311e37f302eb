import { FACE_API, type LayerNames, type NameTable } from '../name-table.js'

/**
 * npm's @vladmandic/face-api, model/face_recognition_model-weights_manifest.json, and face-api.js before it, whose weights they are: names as in
 * src/faceRecognitionNet/extractParamsFromWeightMap.ts. Of each batch norm of dlib there is a scale and an offset.
 */
export const faceApi: NameTable = {
  name: 'face-api',
  source: "dlib's ResNet as face-api has it, face_recognition_model",
  tensors: FACE_API,
  networks: ['face-api'],
  epsilon: 1e-5,
  layers: [
    layer('stem', 'conv32_down'),
    ...unit('stage1/{unit}', 'conv32_{unit}'),
    ...stage(2, 'conv64'),
    ...stage(3, 'conv128'),
    ...stage(4, 'conv256'),
    ...unit('stage5/1', 'conv256_down_out'),
    { ours: 'embedding', weights: 'fc', sole: true },
  ],
  leftOut: [],
}

function stage(number: number, theirs: string): LayerNames[] {
  return [...unit(`stage${number}/1`, `${theirs}_down`), ...unit(`stage${number}/{unit}`, `${theirs}_{unit-1}`)]
}

function unit(ours: string, theirs: string): LayerNames[] {
  return ['conv1', 'conv2'].map(name => layer(`${ours}/${name}`, `${theirs}/${name}`))
}

function layer(ours: string, theirs: string): LayerNames {
  return { ours, weights: `${theirs}/conv`, norm: `${theirs}/scale` }
}
