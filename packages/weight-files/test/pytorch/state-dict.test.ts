import t from 'tap'
import { stateDict } from '../../src/pytorch/state-dict.js'

t.test('what holds no tensor is refused, and what it has is named', async t => {
  for (const [saved, found] of [
    [new Map(), 'a dict of 0'],
    [new Map([['epoch', 3]]), 'a dict of 1 with "epoch"'],
    [[], 'a list of 0'],
  ] as const)
    t.throws(() => stateDict(saved as never, 'net.pth'), {
      name: 'DataError',
      message: `net.pth: expected a state_dict, or a dict with one, found ${found}`,
    })
})
