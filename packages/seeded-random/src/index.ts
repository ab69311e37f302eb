export { mersenneTwister, type RandomNumbers, randomFrom, xoroshiro } from './random-numbers.js'
export { shuffledOrder } from './shuffled-order.js'
