/** Batch norm (inference: tfjs's FusedBatchNorm; training: the whole kernels of `kernels/`) and the gradient of PReLU. */

import { expectSameShape, f32, type ShapeRules, type TensorType } from './rule.js'

function expectChannels(x: TensorType, parameters: Record<string, TensorType | undefined>): void {
  const channels = x.shape.slice(-1)
  for (const [name, parameter] of Object.entries(parameters)) expectSameShape(name, parameter!.shape, channels)
}

export const normalisationShapes: ShapeRules = {
  FusedBatchNorm: { inputs: ['x', 'scale', 'offset', 'mean', 'variance'], outputs: (_, x) => [f32(x!.shape)] },
  BatchNorm: {
    inputs: ['x', 'scale', 'offset'],
    outputs: (_, x, scale, offset) => {
      expectChannels(x!, { scale, offset })
      return [f32(x!.shape), f32(scale!.shape), f32(scale!.shape)]
    },
  },
  BatchNormGrad: {
    inputs: ['dy', 'x', 'scale', 'mean', 'variance'],
    outputs: (_, dy, x, scale, mean, variance) => {
      expectSameShape('dy', dy!.shape, x!.shape)
      expectChannels(x!, { scale, mean, variance })
      return [f32(x!.shape), f32(scale!.shape), f32(scale!.shape)]
    },
  },
  PreluGrad: {
    inputs: ['dy', 'x', 'alpha'],
    outputs: (_, dy, x, alpha) => {
      expectSameShape('dy', dy!.shape, x!.shape)
      return [f32(x!.shape), f32(alpha!.shape)]
    },
  },
}
