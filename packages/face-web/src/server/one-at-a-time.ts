/** So many requests may wait. Their photos wait with them, in the browser: a body is read when its turn has come. */
export const MAX_WAITING = 32

/** Thrown where too many wait already. */
export class Busy extends Error {}

/**
 * Has work done one after another, in the order in which it came: network and detector use all cores for one photo, and two changes of
 * a gallery must not meet.
 */
export function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let waiting = 0
  let last: Promise<unknown> = Promise.resolve()
  return async work => {
    if (waiting >= MAX_WAITING) throw new Busy(`${MAX_WAITING} photos wait already; try again in a moment`)
    waiting++
    const done = last.then(work).finally(() => waiting--)
    last = done.catch(() => {})
    return done
  }
}
