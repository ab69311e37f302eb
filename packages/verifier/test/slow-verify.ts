interface PairDistance {
  same: boolean
  distance: number
}

/** insightface's protocol, one comparison after another: no counting, no bisection, no shared code. */
export function slowVerify(pairs: readonly PairDistance[]) {
  const foldOf = assignFolds(pairs.length)
  const numbers = Array.from({ length: 10 }, (_, fold) => fold)
  const train = numbers.map(fold => pairs.filter((_, i) => foldOf[i] !== fold))
  const test = numbers.map(fold => pairs.filter((_, i) => foldOf[i] === fold))
  const thresholds = train.map(set => {
    const scores = grid(400, 0.01).map(threshold => accuracy(set, threshold))
    return grid(400, 0.01)[scores.indexOf(Math.max(...scores))]!
  })
  const accuracies = test.map((set, fold) => accuracy(set, thresholds[fold]!))
  const curve = grid(400, 0.01).map(threshold => ({
    x: average(test.map(set => accepted(set, threshold, false))),
    y: average(test.map(set => accepted(set, threshold, true))),
  }))
  return {
    thresholds,
    accuracies,
    accuracy: average(accuracies),
    auc: curve.slice(1).reduce((area, { x, y }, i) => area + (x - curve[i]!.x) * 0.5 * (y + curve[i]!.y), 0),
    aucExact: couplesInOrder(pairs),
    tar(far: number) {
      const at = train.map(set => interpolated(set, far))
      return { thresholds: at, mean: average(test.map((set, fold) => accepted(set, at[fold]!, true))) }
    },
  }
}

function assignFolds(count: number): number[] {
  const folds: number[] = []
  for (let fold = 0; fold < 10; fold++) {
    const size = Math.floor(count / 10) + (fold < count % 10 ? 1 : 0)
    for (let i = 0; i < size; i++) folds.push(fold)
  }
  return folds
}

function grid(count: number, step: number): number[] {
  return Array.from({ length: count }, (_, i) => i * step)
}

function accuracy(pairs: readonly PairDistance[], threshold: number): number {
  return pairs.filter(({ same, distance }) => distance < threshold === same).length / pairs.length
}

function accepted(pairs: readonly PairDistance[], threshold: number, kind: boolean): number {
  const ofKind = pairs.filter(({ same }) => same === kind)
  return ofKind.length === 0 ? 0 : ofKind.filter(({ distance }) => distance < threshold).length / ofKind.length
}

function interpolated(pairs: readonly PairDistance[], far: number): number {
  const fars = grid(4000, 0.001).map(threshold => accepted(pairs, threshold, false))
  if (Math.max(...fars) < far) return 0
  const right = fars.findIndex(rate => rate > far)
  const left = right - 1
  return (left + (far - fars[left]!) / (fars[right]! - fars[left]!)) * 0.001
}

function couplesInOrder(pairs: readonly PairDistance[]): number {
  let score = 0
  let couples = 0
  for (const a of pairs.filter(pair => pair.same)) {
    for (const b of pairs.filter(pair => !pair.same)) {
      couples++
      if (a.distance < b.distance) score += 1
      if (a.distance === b.distance) score += 0.5
    }
  }
  return score / couples
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
