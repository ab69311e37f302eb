/** A window in ONNX's terms. */
import type { Window } from '../../window.js'
import type { OnnxAttribute } from './model-file.js'

/** A window as ONNX's Conv wants it. */
export function convAttributes(window: Window, group = 1): Record<string, OnnxAttribute> {
  return { ...poolAttributes(window), dilations: window.dilations, group }
}

/** A window as ONNX's pooling wants it. */
export function poolAttributes({ kernel, strides, before, after }: Window): Record<string, OnnxAttribute> {
  return { kernel_shape: kernel, strides, pads: [...before, ...after] }
}

/** What ConvTranspose must add at the end so that its output is as large as the forward pass's input. */
export function outputPadding({ kernel, strides, dilations, before, after, input, output }: Window): number[] {
  return ([0, 1] as const).map(
    side =>
      input[side] -
      ((output[side] - 1) * strides[side] + (kernel[side] - 1) * dilations[side] + 1 - before[side] - after[side]),
  )
}
