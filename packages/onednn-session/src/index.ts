export {
  adopt,
  type Descriptor,
  describe,
  destroyDescriptor,
  type ElementType,
  type Layout,
  reshape,
  sameLayout,
} from './descriptor.js'
export { type Address, type Library, loadLibrary, setThreads, Unimplemented } from './library.js'
export { NativeMemory } from './native-memory.js'
export {
  type Algorithm,
  type Argument,
  type Attributes,
  type Call,
  type Computation,
  createPrimitive,
  destroyPrimitive,
  type PostOp,
  type Primitive,
  prepareCall,
} from './primitive.js'
