/** The golden ratio's fraction: the multiples of it, without their whole parts, are spread evenly over 0 … 1 from the first ones on. */
const GOLDEN = (Math.sqrt(5) - 1) / 2
const FEWEST = 10
const MOST = 600
/** Half of the people have fewer; with WIDTH, the mean is that of faces_emore, 68. */
const MEDIAN = 50
const WIDTH = 0.45

/**
 * How many images each person has, by a log-logistic distribution cut off at about 10 and 600, as roughly faces_emore has them; people
 * with many and with few stand in no order.
 *
 * @returns as many numbers as people, whose sum is `images`
 */
export function imagesOfPeople(people: number, images: number): number[] {
  const weights = Array.from({ length: people }, (_, person) => {
    const share = ((person + 1) * GOLDEN) % 1
    return Math.max(FEWEST, Math.min(MOST, MEDIAN * (share / (1 - share)) ** WIDTH))
  })
  const scale = images / weights.reduce((sum, weight) => sum + weight, 0)
  let [exact, whole] = [0, 0]
  return weights.map(weight => {
    exact += weight * scale
    const before = whole
    whole = Math.round(exact)
    return whole - before
  })
}
