import t from 'tap'
import { NETWORKS, networkLayers } from '../src/index.js'

t.test('a layer is a convolution with the batch norm and the PReLU that follow it', async t => {
  const [stem, depthwise] = networkLayers(NETWORKS.mobilefacenet)
  const [filter, perChannel] = [3 * 3 * 3 * 64, 3]
  t.strictSame(stem, {
    name: 'stem',
    shape: [56, 56, 64],
    parameters: filter + perChannel * 64,
    multiplyAdds: 56 * 56 * filter,
  })
  t.strictSame(depthwise, {
    name: 'stem-depthwise',
    shape: [56, 56, 64],
    parameters: 3 * 3 * 64 + perChannel * 64,
    multiplyAdds: 56 * 56 * 3 * 3 * 64,
  })
})

t.test('a dense layer is counted once, its weights and its bias', async t => {
  const last = networkLayers(NETWORKS.resnet50, 256).at(-1)!
  t.strictSame(last, {
    name: 'embedding',
    shape: [256],
    parameters: (7 * 7 * 2048 + 1) * 256 + 2 * 256,
    multiplyAdds: 7 * 7 * 2048 * 256,
  })
})

t.test('every layer of every network has a name of its own, and numbers that are trained', async t => {
  for (const [name, network] of Object.entries(NETWORKS)) {
    const layers = networkLayers(network)
    t.equal(new Set(layers.map(layer => layer.name)).size, layers.length, name)
    t.strictSame(
      layers.filter(({ parameters }) => parameters === 0),
      [],
      name,
    )
  }
})
