import { binRecords, type OpenBin } from '@tiny-face/bin-stream'
import { PairMeasurer, type Verification, verify } from '@tiny-face/verifier'
import { embedRecords } from '../embed.js'
import type { FaceModel } from '../face-model.js'

/**
 * What a verification set says of a model, mirror images included: the figures of `bin-dump SET | arcface-embed --flip | face-verify`.
 *
 * @param onPair called with each pair that is done
 * @throws DataError that names the record, where an image does not decode or is of another size
 */
export async function verifyModel(
  model: FaceModel,
  bin: OpenBin,
  { source, onPair }: { source: string; onPair?: () => void },
): Promise<Verification> {
  const measurer = new PairMeasurer({ source, ...(onPair && { onPair }) })
  for await (const record of embedRecords(binRecords(bin), model, { flip: true, source })) measurer.add(record)
  return verify(measurer.finish())
}
