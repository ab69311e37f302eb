import { EigenvalueDecomposition, Matrix } from 'ml-matrix'

/** Axes along which vectors spread the most, and the mean that they spread around. */
export interface PrincipalComponents {
  /** `[size]` */
  mean: Float64Array
  /** Of length 1, `[components][size]`: the axis of the largest spread first. */
  axes: Float64Array[]
}

/** Sums over vectors, from which their mean and covariance come; of a part of them, by taking away the sums of the rest. */
export interface Moments {
  count: number
  /** `[size]` */
  sum: Float64Array
  /** The upper triangle of the sum of outer products, `[size][size]` row by row. */
  products: Float64Array
}

export function noMoments(size: number): Moments {
  return { count: 0, sum: new Float64Array(size), products: new Float64Array(size * size) }
}

export function addTo({ sum, products, ...moments }: Moments, vector: Float64Array): Moments {
  const size = vector.length
  for (let i = 0; i < size; i++) {
    const value = vector[i]!
    sum[i]! += value
    for (let j = i; j < size; j++) products[i * size + j]! += value * vector[j]!
  }
  return { count: moments.count + 1, sum, products }
}

/** The moments of what is left of some vectors without others of them. */
export function without(all: Moments, part: Moments): Moments {
  return {
    count: all.count - part.count,
    sum: all.sum.map((value, i) => value - part.sum[i]!),
    products: all.products.map((value, i) => value - part.products[i]!),
  }
}

/**
 * The principal components of vectors, by the eigenvectors of their covariance.
 *
 * @see scikit-learn, `PCA(n_components, svd_solver='full')`; above 500 rows or columns its default solver draws random numbers, which
 *   this does not
 */
export function principalComponents({ count, sum, products }: Moments, components: number): PrincipalComponents {
  const size = sum.length
  const mean = sum.map(value => value / count)
  const covariance = new Matrix(size, size)
  for (let i = 0; i < size; i++) {
    for (let j = i; j < size; j++) {
      const value = products[i * size + j]! / count - mean[i]! * mean[j]!
      covariance.set(i, j, value)
      covariance.set(j, i, value)
    }
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true })
  const largest = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!)
  const axes = largest.slice(0, components).map(column => Float64Array.from(eigenvectorMatrix.getColumn(column)))
  return { mean, axes }
}

/** Where a vector lies along each axis, scaled to length 1: `[components]`. */
export function projected({ mean, axes }: PrincipalComponents, vector: Float64Array): Float64Array {
  const along = Float64Array.from(axes, axis => {
    let sum = 0
    for (let i = 0; i < vector.length; i++) sum += axis[i]! * (vector[i]! - mean[i]!)
    return sum
  })
  const length = Math.hypot(...along)
  return length === 0 ? along : along.map(value => value / length)
}
