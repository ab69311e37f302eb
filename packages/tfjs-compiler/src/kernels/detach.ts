import * as tf from '@tensorflow/tfjs-core'

/** The same tensor, through which no gradient flows. Shares the data: no kernel runs, a trace gets no node. */
export function detach<T extends tf.Tensor>(x: T): T {
  const engine = tf.engine()
  engine.backend.incRef(x.dataId)
  return engine.makeTensorFromTensorInfo({ dataId: x.dataId, shape: x.shape, dtype: x.dtype }) as T
}
