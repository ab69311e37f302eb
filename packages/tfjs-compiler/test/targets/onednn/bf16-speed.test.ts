import { processorFeatures } from '@tiny-face/native-engines'
import t from 'tap'
import { multipliesBf16Faster } from '../../../src/targets/onednn/bf16-speed.js'
import { onednnLibrary } from './onednn-library.js'

t.test('whether bf16 is faster is measured once', { skip: onednnLibrary === undefined }, async t => {
  const answer = multipliesBf16Faster(onednnLibrary!)
  t.type(answer, 'boolean')
  const { amx } = processorFeatures()
  if (amx) t.ok(answer, 'tiles multiply bf16 many times faster')
  const again = () => {
    const started = performance.now()
    t.equal(multipliesBf16Faster(onednnLibrary!), answer)
    return performance.now() - started
  }
  // The shortest of several: on a busy machine any one of them may be interrupted.
  t.ok(Math.min(...Array.from({ length: 20 }, again)) < 1, 'the second answer is remembered')
})
