import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DataMap, tensorOf } from '@tiny-face/record-stream'
import { sharedData } from '../../../test/shared-data.js'

/** What insightface's evaluation code says of the pairs (SciPy 1.8.1, scikit-learn 1.3.2). */
interface Figures {
  accuracy_mean: number
  accuracy_std: number
  fold_accuracy: number[]
  fold_threshold: number[]
  val_mean: number
  val_std: number
  far_mean: number
  val_fold_threshold_scipy: number[]
  auc_mean_roc: number
  auc_exact_all_pairs: number
  eer_mean_roc: number
}

interface Golden {
  pairs: number
  same: number
  flip: Figures
  noflip: Pick<Figures, 'accuracy_mean' | 'accuracy_std' | 'val_mean' | 'val_std' | 'far_mean'>
  xnorm: number
  dist_first5: number[]
  dist_last5: number[]
}

/** 600 pairs of LFW through a MobileFaceNet: their records and their golden figures. */
export interface GoldenPairs {
  golden: Golden
  records(options: { flip: boolean }): DataMap[]
}

export function goldenPairs(): GoldenPairs | undefined {
  const data = sharedData()
  if (data === undefined) return undefined
  const file = (name: string) => readFileSync(join(data, 'golden', name))
  const embeddings = readNpy(file('lfw_dev_emb_orig.npy'))
  const flipped = readNpy(file('lfw_dev_emb_flip.npy'))
  const issame = JSON.parse(file('lfw_dev_issame.json').toString()) as boolean[]
  return {
    golden: JSON.parse(file('lfw_dev_golden.json').toString()) as Golden,
    records: ({ flip }) =>
      embeddings.map((embedding, i) => ({
        id: i,
        embedding: tensorOf(embedding),
        ...(flip ? { flipped: tensorOf(flipped[i]!) } : {}),
        pair: { index: i >> 1, side: i % 2 === 0 ? 0 : 1, same: issame[i >> 1]! },
      })),
  }
}

/** The rows of a float32 matrix in NumPy's .npy format, version 1. */
function readNpy(bytes: Buffer): Float32Array[] {
  const start = 10 + bytes.readUInt16LE(8)
  const [, rows, columns] = /'<f4'.*\((\d+), (\d+)\)/.exec(bytes.toString('latin1', 10, start))!.map(Number)
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.byteLength))
  return Array.from({ length: rows! }, (_, row) => values.subarray(row * columns!, (row + 1) * columns!))
}
