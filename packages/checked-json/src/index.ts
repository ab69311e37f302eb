export { type CheckedPlace, checked, parseJson, readJson } from './check-json.js'
export {
  byKind,
  either,
  flag,
  list,
  number,
  object,
  objectWith,
  oneOf,
  optional,
  positive,
  text,
  texts,
  tuple,
  whole,
} from './schemas.js'
