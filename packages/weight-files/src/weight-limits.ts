/** Limits on what a file of weights may ask for. The largest published face networks stay far below each. */

/** Tensors in a file; nodes of its graph; parts that the numbers of one tensor are in. */
export const MAX_TENSORS = 2 ** 17
/** Axes of a tensor. */
export const MAX_AXES = 16
/** Numbers in a tensor: the head of a million people has 2^29. */
export const MAX_TENSOR_NUMBERS = 2 ** 30
/** The same where a file must hold each of them, as safetensors does, and may be read row by row: that of ten million people has 5.1e9. */
export const MAX_STORED_NUMBERS = 2 ** 33
/** Bytes of a tensor's name. */
export const MAX_TENSOR_NAME_BYTES = 4096
/** Bytes of the pickle in a PyTorch archive: it names tensors, and holds none. */
export const MAX_ARCHIVE_PICKLE_BYTES = 2 ** 26
/** Bytes of MXNet's -symbol.json. */
export const MAX_SYMBOL_BYTES = 2 ** 26
/** Bytes of TensorFlow.js's weights manifest. */
export const MAX_MANIFEST_BYTES = 2 ** 26
/** Bytes of TensorFlow's .index. */
export const MAX_INDEX_BYTES = 2 ** 26
/** Shards of a TensorFlow checkpoint; files of a TensorFlow.js manifest. */
export const MAX_SHARDS = 2 ** 12
/** Bytes of a list of whole numbers in an ONNX graph. */
export const MAX_LIST_BYTES = 2 ** 18
