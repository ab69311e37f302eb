export { PickleError } from './pickle-error.js'
export * from './pickle-limits.js'
export { isNumpyArray, NUMPY_ITEM_BYTES, type NumpyArray, type NumpyType, type PickleValue } from './pickle-value.js'
export { readPickle } from './read-pickle.js'
