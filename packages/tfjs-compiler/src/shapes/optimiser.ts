/** The update of a parameter and of a running statistic. */

import { expectSameShape, f32, type ShapeRules } from './rule.js'

export const optimiserShapes: ShapeRules = {
  MomentumUpdate: {
    inputs: ['parameter', 'velocity', 'gradient', 'learningRate'],
    outputs: (_, parameter, velocity, gradient, learningRate) => {
      expectSameShape('velocity', velocity!.shape, parameter!.shape)
      expectSameShape('gradient', gradient!.shape, parameter!.shape)
      expectSameShape('learningRate', learningRate!.shape, [])
      return [f32(parameter!.shape), f32(parameter!.shape)]
    },
  },
  MovingAverage: {
    inputs: ['running', 'batch'],
    outputs: (_, running, batch) => {
      expectSameShape('batch', batch!.shape, running!.shape)
      return [f32(running!.shape)]
    },
  },
}
