export { type Address, type Library, loadLibrary, setThreads, Unimplemented } from './library.js'
export {
  adopt,
  type Descriptor,
  describe,
  destroyDescriptor,
  type ElementType,
  type Layout,
  reshape,
  sameLayout,
} from './memory-descriptor.js'
export { NativeMemory } from './native-memory.js'
export { type Call, prepareCall } from './prepare-call.js'
export {
  type Algorithm,
  type Argument,
  type Attributes,
  type Computation,
  createPrimitive,
  destroyPrimitive,
  type PostOp,
  type Primitive,
} from './primitive.js'
