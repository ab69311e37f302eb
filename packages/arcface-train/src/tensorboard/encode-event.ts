/**
 * What TensorBoard reads: a TFRecord file of Events. Of tensorflow/core/util/event.proto, framework/summary.proto and
 * lib/histogram/histogram.proto these fields are written:
 *
 *     Event           { double wall_time = 1; int64 step = 2; oneof { string file_version = 3; Summary summary = 5;
 *                       SessionLog session_log = 7 } }
 *     Summary         { repeated Value value = 1 }
 *     Value           { string tag = 1; oneof { float simple_value = 2; Image image = 4; HistogramProto histo = 5 } }
 *     Image           { int32 height = 1; int32 width = 2; int32 colorspace = 3; bytes encoded_image_string = 4 }   colorspace 3 is RGB
 *     HistogramProto  { double min = 1; double max = 2; double num = 3; double sum = 4; double sum_squares = 5;
 *                       repeated double bucket_limit = 6 [packed]; repeated double bucket = 7 [packed] }
 *     SessionLog      { enum status = 1 }                                                                           1 is START
 *
 * A file's first Event has the file_version "brain.Event:2". A START makes TensorBoard forget whatever it has read of its step and of
 * later ones, in the same folder.
 */

import { bytesField, doubleField, doublesField, floatField, intField, message } from '@tiny-face/protobuf-wire'
import type { Histogram } from './histogram.js'

/** One value of a summary. */
export type SummaryValue =
  | { readonly tag: string; readonly scalar: number }
  | { readonly tag: string; readonly histogram: Histogram }
  | {
      readonly tag: string
      readonly image: { readonly height: number; readonly width: number; readonly png: Uint8Array }
    }

export type EventBody =
  | { readonly fileVersion: string }
  | { readonly summary: readonly SummaryValue[] }
  | { readonly start: true }

const RGB = 3
const START = 1

/** @param seconds since 1970, UTC */
export function encodeEvent(seconds: number, step: number, body: EventBody): Uint8Array {
  return message(doubleField(1, seconds), intField(2, step), bodyField(body))
}

function bodyField(body: EventBody): Uint8Array {
  if ('fileVersion' in body) return bytesField(3, Buffer.from(body.fileVersion))
  if ('start' in body) return bytesField(7, message(intField(1, START)))
  return bytesField(5, message(...body.summary.map(value => bytesField(1, encodeValue(value)))))
}

function encodeValue(value: SummaryValue): Uint8Array {
  const tag = bytesField(1, Buffer.from(value.tag))
  if ('scalar' in value) return message(tag, floatField(2, value.scalar))
  if ('histogram' in value) return message(tag, bytesField(5, encodeHistogram(value.histogram)))
  const { height, width, png } = value.image
  return message(
    tag,
    bytesField(4, message(intField(1, height), intField(2, width), intField(3, RGB), bytesField(4, png))),
  )
}

function encodeHistogram({ min, max, count, sum, sumOfSquares, limits, counts }: Histogram): Uint8Array {
  return message(
    doubleField(1, min),
    doubleField(2, max),
    doubleField(3, count),
    doubleField(4, sum),
    doubleField(5, sumOfSquares),
    doublesField(6, limits),
    doublesField(7, counts),
  )
}
