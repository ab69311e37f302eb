/**
 * The results of a task for each item, in the items' order, while the tasks of the next items are already under way. A task is begun as
 * soon as its item is taken, so an item that holds only until the next one is taken must be copied before the task first waits.
 *
 * @param most tasks that are under way at a time while the caller works on a result
 * @throws what the items or a task throw, when it is that task's turn; what is still under way then is left to end unseen
 */
export async function* mapAhead<T, R>(
  items: Iterable<T>,
  most: number,
  task: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const iterator = items[Symbol.iterator]()
  const ahead: Promise<R>[] = []
  let ended = false
  const begin = () => {
    while (!ended && ahead.length < most) {
      const { done, value } = iterator.next()
      ended = done === true
      if (done) return
      const result = task(value)
      // A failure is thrown where it is awaited, which may be after the failure of another task.
      result.catch(() => {})
      ahead.push(result)
    }
  }
  try {
    begin()
    while (ahead.length > 0) {
      const result = await ahead.shift()!
      begin()
      yield result
    }
  } finally {
    if (!ended) iterator.return?.()
  }
}
