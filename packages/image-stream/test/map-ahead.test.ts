import t from 'tap'
import { mapAhead } from '../src/map-ahead.js'

/** Tasks that end when they are told to. */
function tasks() {
  const begun: number[] = []
  const ends = new Map<number, { resolve: (value: string) => void; reject: (error: Error) => void }>()
  const task = (item: number) => {
    begun.push(item)
    return new Promise<string>((resolve, reject) => ends.set(item, { resolve, reject }))
  }
  return {
    begun,
    task,
    end: (item: number) => ends.get(item)!.resolve(`${item}`),
    fail: (item: number) => ends.get(item)!.reject(new Error(`${item}`)),
  }
}

t.test('results come in the order of their items, whichever task ends first', async t => {
  const { begun, task, end } = tasks()
  const results = mapAhead([0, 1, 2, 3], 2, task)
  const first = results.next()
  t.strictSame(begun, [0, 1], 'two at a time')
  end(1)
  end(0)
  t.strictSame(await first, { done: false, value: '0' })
  t.strictSame(begun, [0, 1, 2], 'the next is begun before the caller works on the result')
  t.strictSame(await results.next(), { done: false, value: '1' })
  t.strictSame(begun, [0, 1, 2, 3])
  end(3)
  end(2)
  t.strictSame([(await results.next()).value, (await results.next()).value], ['2', '3'])
  t.strictSame(await results.next(), { done: true, value: undefined })
})

t.test('fewer items than tasks, and none', async t => {
  const all = async (items: number[]) => {
    const results: number[] = []
    for await (const result of mapAhead(items, 5, async item => item * 2)) results.push(result)
    return results
  }
  t.strictSame(await all([1, 2]), [2, 4])
  t.strictSame(await all([]), [])
})

t.test('a failure is thrown in its turn, and closes the items', async t => {
  let closed = 0
  function* items() {
    try {
      yield* [0, 1, 2, 3]
    } finally {
      closed++
    }
  }
  const { task, end, fail } = tasks()
  const results = mapAhead(items(), 3, task)
  const first = results.next()
  fail(1)
  fail(2)
  end(0)
  t.strictSame(await first, { done: false, value: '0' })
  await t.rejects(results.next(), { message: '1' })
  t.equal(closed, 1)
  t.strictSame(await results.next(), { done: true, value: undefined })
})

t.test('a caller that stops closes the items', async t => {
  let closed = 0
  function* items() {
    try {
      for (let i = 0; ; i++) yield i
    } finally {
      closed++
    }
  }
  for await (const result of mapAhead(items(), 2, async item => item)) if (result === 3) break
  t.equal(closed, 1)
})
