import t from 'tap'
import { grey } from '../../src/augment/grey.js'
import { difference, IMAGE, PEERS } from './peer-images.js'

t.test("three equal channels of Pillow's convert('L')", async t => {
  t.equal(
    difference(
      grey(IMAGE),
      PEERS.grey.flatMap(value => [value, value, value]),
    ),
    0,
  )
})
