import { exportHalfPrecision, exportQuantised } from '@tiny-face/tfjs-compiler'
import type { Network } from '../networks/network.js'
import { calibrationBatches } from './calibration-batches.js'
import { networkGraph } from './export-network.js'
import type { Provenance } from './provenance.js'

type Weights = Readonly<Record<string, Float32Array>>

/** As exportNetwork, in float16: half the size. Its input and output are float32 as ever. */
export function exportFloat16(network: Network, weights: Weights, provenance: Provenance): Uint8Array {
  return exportHalfPrecision(...networkGraph(network, weights, provenance.embeddingSize, provenance))
}

/**
 * As exportNetwork, in int8 (QDQ): little over a quarter of the size. Its input and output are float32 as ever.
 *
 * @param faces an insightface .bin, on which it is measured how large the values between the layers are
 * @throws DataError where a face does not decode or is of another size
 */
export function exportInt8(
  network: Network,
  weights: Weights,
  provenance: Provenance,
  faces: string,
): Promise<Uint8Array> {
  const [graph, options] = networkGraph(network, weights, provenance.embeddingSize, provenance)
  return exportQuantised(graph, options, calibrationBatches(faces, network))
}
