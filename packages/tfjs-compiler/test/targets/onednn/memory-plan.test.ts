import t from 'tap'
import { planMemory, type Storage } from '../../../src/targets/onednn/memory-plan.js'

const pool = (bytes: number): Storage => ({ bytes, lasting: false })

t.test('memory is shared by what is never in use together, and by nothing else', async t => {
  let seed = 7
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((seed / 2 ** 32) * below)
  }
  for (let round = 0; round < 50; round++) {
    const storages = Array.from({ length: 30 }, () => ({ bytes: 1 + random(1000), lasting: random(10) === 0 }))
    const written = new Set(storages.filter(({ lasting }) => lasting))
    const operations = Array.from({ length: 60 }, () => {
      const reads = [storages[random(30)]!, storages[random(30)]!].filter(storage => written.has(storage))
      const writes = [storages[random(30)]!]
      written.add(writes[0]!)
      return { reads, writes }
    })
    const { bytes, offsetOf } = planMemory(operations)
    const lives = storages.map(storage => {
      const touched = operations.flatMap(({ reads, writes }, at) =>
        [...reads, ...writes].includes(storage) ? [at] : [],
      )
      return { storage, first: touched[0], last: touched.at(-1) }
    })
    const faults: string[] = []
    for (const [index, one] of lives.entries()) {
      if (one.first === undefined) continue
      const from = offsetOf(one.storage)
      if (from % 64 !== 0) faults.push(`${from} is on no cache line`)
      if (from + one.storage.bytes > bytes) faults.push(`${from}+${one.storage.bytes} is outside of ${bytes}`)
      for (const other of lives.slice(index + 1)) {
        if (other.first === undefined) continue
        const together =
          one.storage.lasting || other.storage.lasting || (one.first <= other.last! && other.first <= one.last!)
        const start = offsetOf(other.storage)
        const apart = from + one.storage.bytes <= start || start + other.storage.bytes <= from
        if (together && !apart) faults.push(`${from}+${one.storage.bytes} and ${start}+${other.storage.bytes}`)
      }
    }
    t.same(faults, [])
  }
})

t.test('a chain of equal steps needs room for two', async t => {
  const chain = Array.from({ length: 100 }, () => pool(64))
  const operations = chain.map((storage, at) => ({ reads: chain.slice(Math.max(0, at - 1), at), writes: [storage] }))
  t.equal(planMemory(operations).bytes, 128)
})

t.test('what is read before anything has written it is a fault of the compiler', async t => {
  const [one, other] = [pool(64), pool(64)]
  const message = 'internal: operation 1 reads memory that none before it has written'
  t.throws(
    () =>
      planMemory([
        { reads: [], writes: [one] },
        { reads: [one, other], writes: [one] },
      ]),
    { message },
  )
  const part = { ...pool(8), within: { whole: other, offset: 8 } }
  t.ok(
    planMemory([
      { reads: [], writes: [part] },
      { reads: [other], writes: [one] },
    ]),
    'or a part of it',
  )
  t.ok(planMemory([{ reads: [other], writes: [other] }]), 'or which the same operation writes')
  t.ok(planMemory([{ reads: [{ ...other, lasting: true }], writes: [one] }]), 'or which lasts')
})

t.test('a part lies within its whole', async t => {
  const whole: Storage = { bytes: 256, lasting: true }
  const part: Storage = { bytes: 64, lasting: true, within: { whole, offset: 128 } }
  const before: Storage = { bytes: 64, lasting: true }
  const { offsetOf } = planMemory([{ reads: [before, part], writes: [] }])
  t.equal(offsetOf(part), offsetOf(whole) + 128)
  t.throws(() => offsetOf(pool(1)), /internal: a stretch of memory that no operation touches/)
})
