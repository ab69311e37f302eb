import t from 'tap'
import type { Attribute } from '../../../src/graph/graph.js'
import { compareKernel } from '../one-kernel.js'

/** [name, input NHWC, filter HWIO, output NHWC, attributes] */
type Case = [string, number[], number[], number[], Record<string, Attribute>]

const dense: Case[] = [
  ['pointwise', [2, 5, 7, 3], [1, 1, 3, 4], [2, 5, 7, 4], { strides: 1, pad: 'same' }],
  ['same', [2, 5, 7, 3], [3, 3, 3, 4], [2, 5, 7, 4], { strides: 1, pad: 'same' }],
  ['valid', [2, 5, 7, 3], [3, 2, 3, 4], [2, 3, 6, 4], { strides: 1, pad: 'valid' }],
  ['stride 2, odd', [2, 5, 7, 3], [3, 3, 3, 4], [2, 3, 4, 4], { strides: 2, pad: 'same' }],
  ['stride 2, even', [2, 8, 6, 3], [3, 3, 3, 4], [2, 4, 3, 4], { strides: [2, 2], pad: 'same' }],
  ['stride 2 that leaves a row out', [2, 8, 6, 3], [3, 3, 3, 4], [2, 3, 2, 4], { strides: 2, pad: 'valid' }],
  ['pointwise stride 2', [2, 8, 7, 3], [1, 1, 3, 4], [2, 4, 4, 4], { strides: 2, pad: 'same' }],
  ['7x7', [1, 9, 9, 3], [7, 7, 3, 8], [1, 9, 9, 8], { strides: 1, pad: 'same' }],
  ['number', [2, 5, 7, 3], [3, 3, 3, 4], [2, 5, 7, 4], { strides: 1, pad: 1, dimRoundingMode: 'floor' }],
  [
    'explicit',
    [2, 5, 7, 3],
    [3, 3, 3, 4],
    [2, 6, 5, 4],
    {
      strides: 1,
      pad: [
        [0, 0],
        [1, 2],
        [0, 0],
        [0, 0],
      ] as never,
    },
  ],
  ['few pixels, many channels', [3, 4, 4, 16], [3, 3, 16, 32], [3, 2, 2, 32], { strides: 2, pad: 'same' }],
  ['pointwise, few pixels', [3, 2, 3, 32], [1, 1, 32, 16], [3, 2, 3, 16], { strides: 1, pad: 'same' }],
  ['wide', [2, 14, 14, 16], [3, 3, 16, 24], [2, 14, 14, 24], { strides: 1, pad: 'same' }],
]

t.test('convolutions and both gradients', async t => {
  for (const [name, x, filter, y, attributes] of dense)
    await t.test(name, async t => {
      const attrs = { dataFormat: 'NHWC', dilations: 1, ...attributes }
      await compareKernel(t, 'Conv2D', { x: { shape: x }, filter: { shape: filter } }, attrs)
      await compareKernel(
        t,
        'Conv2DBackpropInput',
        { dy: { shape: y }, filter: { shape: filter } },
        { ...attrs, inputShape: x },
      )
      await compareKernel(
        t,
        'Conv2DBackpropFilter',
        { x: { shape: x }, dy: { shape: y } },
        { ...attrs, filterShape: filter },
      )
    })
  await compareKernel(
    t,
    'Conv2D',
    { x: { shape: [2, 9, 9, 3] }, filter: { shape: [3, 3, 3, 4] } },
    { dataFormat: 'NHWC', dilations: 2, strides: 1, pad: 'same' },
  )
})

const depthwise: Case[] = [
  ['same', [2, 5, 7, 3], [3, 3, 3, 1], [2, 5, 7, 3], { strides: 1, pad: 'same' }],
  ['blocks of channels', [2, 6, 10, 32], [3, 3, 32, 1], [2, 6, 10, 32], { strides: 1, pad: 'same' }],
  ['blocks, stride 2', [2, 6, 10, 32], [3, 3, 32, 1], [2, 3, 5, 32], { strides: 2, pad: 'same' }],
  [
    'blocks, stride 2 padded by 1',
    [2, 6, 10, 32],
    [3, 3, 32, 1],
    [2, 3, 5, 32],
    { strides: 2, pad: 1, dimRoundingMode: 'floor' },
  ],
  ['blocks, stride 2, odd', [2, 7, 9, 16], [3, 3, 16, 1], [2, 4, 5, 16], { strides: 2, pad: 'same' }],
  ['blocks, stride 2 that leaves a row out', [2, 8, 6, 16], [3, 3, 16, 1], [2, 3, 2, 16], { strides: 2, pad: 'valid' }],
  ['whole image', [2, 7, 6, 16], [7, 6, 16, 1], [2, 1, 1, 16], { strides: 1, pad: 'valid' }],
  ['stride 2', [2, 5, 8, 3], [3, 3, 3, 1], [2, 3, 4, 3], { strides: 2, pad: 'same' }],
  ['several outputs a channel', [2, 5, 7, 3], [3, 3, 3, 2], [2, 5, 7, 6], { strides: 1, pad: 'same' }],
]

t.test('depthwise convolutions and both gradients', async t => {
  for (const [name, x, filter, y, attributes] of depthwise)
    await t.test(name, async t => {
      const attrs = { dilations: 1, ...attributes }
      await compareKernel(t, 'DepthwiseConv2dNative', { x: { shape: x }, filter: { shape: filter } }, attrs)
      await compareKernel(
        t,
        'DepthwiseConv2dNativeBackpropInput',
        { dy: { shape: y }, filter: { shape: filter } },
        { ...attrs, inputShape: x },
      )
      if (filter[3] === 1)
        await compareKernel(
          t,
          'DepthwiseConv2dNativeBackpropFilter',
          { x: { shape: x }, dy: { shape: y } },
          { ...attrs, filterShape: filter },
        )
    })
})
