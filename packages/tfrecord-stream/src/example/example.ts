/**
 * tf.train.Example (tensorflow/core/example/example.proto, feature.proto) as protobuf puts it into bytes:
 *
 *     Example   { Features features = 1 }
 *     Features  { map<string, Feature> feature = 1 }      each entry a message { string key = 1, Feature value = 2 }
 *     Feature   { oneof: BytesList = 1, FloatList = 2, Int64List = 3 }
 *     BytesList { repeated bytes value = 1 }
 *     FloatList { repeated float value = 1 [packed] }     floats, little-endian
 *     Int64List { repeated int64 value = 1 [packed] }     varints of two's complement
 *
 * A field is a varint tag (number << 3 | wire type) and a value: a varint (0), 8 bytes (1), a varint length and as many
 * bytes (2), a group (3 … 4, obsolete), 4 bytes (5).
 */

export type Feature =
  | { kind: 'bytes'; values: Uint8Array[] }
  | { kind: 'float'; values: Float32Array }
  | { kind: 'int64'; values: BigInt64Array }
  /** A feature that says nothing, not even its kind. */
  | { kind: 'none' }

/** An Example's features by their names. */
export type Example = Map<string, Feature>
