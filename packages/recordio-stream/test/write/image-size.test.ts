import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { sharedData } from '../../../../test/shared-data.js'
import { readRecordIO } from '../../src/read/read-recordio.js'
import { imageSize } from '../../src/write/image-size.js'

const data = sharedData()

t.test('JPEG: real faces', { skip: !data }, t => {
  const [, height, width] = readFileSync(join(data!, 'recordio/lfw_min10/property'), 'utf8').split(',').map(Number)
  for (const { image } of readRecordIO(join(data!, 'recordio/lfw_min10/train.rec'))) {
    const size = imageSize(image!)
    if (size?.height !== height || size?.width !== width) t.fail(`found ${JSON.stringify(size)}`)
  }
  t.end()
})

t.test('PNG', t => {
  const header = Buffer.from('89504e470d0a1a0a0000000d4948445200000060000000700802', 'hex')
  t.same(imageSize(header), { height: 112, width: 96 })
  t.equal(imageSize(header.subarray(0, 20)), undefined)
  t.end()
})

t.test('a JPEG cut anywhere, or with no frame, has no size', t => {
  const jpeg = Buffer.from('ffd8ffe00004abcdffffffc0000b080070006003', 'hex')
  t.same(imageSize(jpeg), { height: 112, width: 96 })
  for (let size = 0; size < jpeg.length - 1; size++) t.equal(imageSize(jpeg.subarray(0, size)), undefined)
  t.equal(imageSize(Buffer.from('ffd8ffc40002ffc80002ffcc0002ffda00021234567890', 'hex')), undefined)
  t.equal(imageSize(Buffer.from('ffd8ffe00000ffe00000ffe00000', 'hex')), undefined, 'lengths that do not move on')
  t.end()
})
