import type { Begin, EmbeddingModel } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'

/**
 * The network that a stream says its embeddings are of; undefined where it does not say.
 *
 * @throws DataError where what it says is malformed: the stream is another program's, its types are a claim
 */
export function modelOf({ model, source }: Begin): EmbeddingModel | undefined {
  if (model === undefined) return undefined
  const { name, sha256, preprocess } = (
    typeof model === 'object' && model !== null ? model : {}
  ) as Partial<EmbeddingModel>
  if ([name, sha256, preprocess].every(field => typeof field === 'string'))
    return { name, sha256, preprocess } as EmbeddingModel
  throw new DataError({
    file: typeof source === 'string' ? source : undefined,
    expected: 'the model of the stream to be a map of name, sha256 and preprocess',
    found: JSON.stringify(model)?.slice(0, 80),
  })
}
