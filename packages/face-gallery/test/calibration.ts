import type { EmbeddingModel } from '@tiny-face/record-stream'
import type { Calibration } from '@tiny-face/verifier'

/** A threshold of 0.75 as a cosine, for embeddings of 16 numbers of a network, without mirror images. */
export const calibrationFor = (model: EmbeddingModel): Calibration => ({
  far: 1e-3,
  threshold: 0.5,
  cosine: 0.75,
  confidence: 0.95,
  farInterval: [5e-4, 2e-3],
  thresholdInterval: [0.4, 0.6],
  smallestFar: 1e-4,
  impostorPairs: 10_000,
  falseAccepts: 9,
  effectivePairs: 5000,
  people: 300,
  faces: 600,
  facesSeen: 600,
  embeddingSize: 16,
  flip: false,
  model,
})
