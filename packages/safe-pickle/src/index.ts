export { type OpenPickle, openPickle } from './open-pickle.js'
export { type Construct, DialectValue, type PickleDialect } from './pickle-dialect.js'
export { PickleError } from './pickle-error.js'
export * from './pickle-limits.js'
export { readOnePickle } from './read-one-pickle.js'
export { readPickle } from './read-pickle.js'
export {
  BytesInPickle,
  isBytes,
  isNumpyArray,
  NUMPY_ITEM_BYTES,
  type NumpyArray,
  type NumpyType,
  type OpenList,
  type OpenValue,
  type PickleBytes,
  type PickleValue,
} from './values/pickle-value.js'
export { describe, type Item, isTuple, PickleGlobal } from './values/stack-item.js'
