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
  tuple,
  whole,
} from './schemas.js'
