import { createHash } from 'node:crypto'
import { xoroshiro } from '@tiny-face/seeded-random'

/** First values of a variable: `size` of them, from a source of uniform numbers in [0, 1). */
export type Initialiser = (size: number, random: () => number) => Float32Array

export function constant(value: number): Initialiser {
  return size => new Float32Array(size).fill(value)
}

/** Uniform in ±1/sqrt(fan in): PyTorch's default for convolutions (kaiming_uniform with a = sqrt 5). */
export function uniformFanIn(fanIn: number): Initialiser {
  return uniform(1 / Math.sqrt(fanIn))
}

/** Uniform in ±sqrt(6 / (inputs + outputs)): Glorot and Bengio 2010, equation 16. */
export function uniformXavier(inputs: number, outputs: number): Initialiser {
  return uniform(Math.sqrt(6 / (inputs + outputs)))
}

/** Normal with mean 0 (Box and Muller 1958). */
export function normal(deviation: number): Initialiser {
  return (size, random) => {
    const values = new Float32Array(size)
    for (let i = 0; i < size; i++) {
      const radius = deviation * Math.sqrt(-2 * Math.log(1 - random()))
      values[i] = radius * Math.cos(2 * Math.PI * random())
    }
    return values
  }
}

/** The random numbers of one variable: they depend on the seed and its name alone, not on what else the network has. */
export function randomOf(seed: number, name: string): () => number {
  const state = createHash('sha256').update(`${seed} ${name}`).digest().readInt32LE()
  return xoroshiro(state).uniform
}

function uniform(bound: number): Initialiser {
  return (size, random) => {
    const values = new Float32Array(size)
    for (let i = 0; i < size; i++) values[i] = (2 * random() - 1) * bound
    return values
  }
}
