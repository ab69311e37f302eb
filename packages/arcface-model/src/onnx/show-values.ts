import type { ValueInfo } from '@tiny-face/onnx-session'

/** `face float32 [*, 3, 112, 112]` */
export function showValue({ name, dtype, shape }: ValueInfo): string {
  return `${name} ${dtype} [${shape.map(size => size ?? '*').join(', ')}]`
}

export function showValues(values: readonly ValueInfo[]): string {
  return values.length === 0 ? 'none' : values.map(showValue).join(', ')
}
