/**
 * oneDNN's C API (https://uxlfoundation.github.io/oneDNN/, headers oneapi/dnnl/dnnl.h and dnnl_types.h of version 3), as far as it
 * is used here. Handles are addresses, as BigInt; what a function gives back through a pointer is read from a typed array.
 */

import { dirname, join } from 'node:path'
import { DataError } from '@tiny-face/safe-files'
import { koffi } from './load-koffi.js'

/** The address of something of oneDNN's, or of memory. 0n is C's NULL. */
export type Address = bigint

const ENGINE_KIND_CPU = 1
const STREAM_IN_ORDER = 1
const RTLD_NOW = 2
/** The library stays loaded: unloading it while its threads still wait ends in a crash. The value on Linux. */
const RTLD_NODELETE = 0x1000

const PROTOTYPES = {
  dnnl_version: 'void *dnnl_version()',
  dnnl_fmt_tag2str: 'const char *dnnl_fmt_tag2str(int tag)',
  dnnl_engine_create: 'int dnnl_engine_create(void *engine, int kind, size_t index)',
  dnnl_stream_create: 'int dnnl_stream_create(void *stream, void *engine, uint flags)',
  dnnl_memory_desc_create_with_tag:
    'int dnnl_memory_desc_create_with_tag(void *desc, int ndims, void *dims, int dtype, int tag)',
  dnnl_memory_desc_create_with_strides:
    'int dnnl_memory_desc_create_with_strides(void *desc, int ndims, void *dims, int dtype, void *strides)',
  dnnl_memory_desc_clone: 'int dnnl_memory_desc_clone(void *desc, void *existing)',
  dnnl_memory_desc_destroy: 'int dnnl_memory_desc_destroy(void *desc)',
  dnnl_memory_desc_equal: 'int dnnl_memory_desc_equal(void *left, void *right)',
  dnnl_memory_desc_get_size: 'size_t dnnl_memory_desc_get_size(void *desc)',
  dnnl_memory_desc_query: 'int dnnl_memory_desc_query(void *desc, int what, void *result)',
  dnnl_memory_desc_reshape: 'int dnnl_memory_desc_reshape(void *desc, void *from, int ndims, void *dims)',
  dnnl_memory_create: 'int dnnl_memory_create(void *memory, void *desc, void *engine, void *handle)',
  dnnl_memory_destroy: 'int dnnl_memory_destroy(void *memory)',
  dnnl_primitive_attr_create: 'int dnnl_primitive_attr_create(void *attr)',
  dnnl_primitive_attr_destroy: 'int dnnl_primitive_attr_destroy(void *attr)',
  dnnl_primitive_attr_set_scratchpad_mode: 'int dnnl_primitive_attr_set_scratchpad_mode(void *attr, int mode)',
  dnnl_primitive_attr_set_scales_mask: 'int dnnl_primitive_attr_set_scales_mask(void *attr, int arg, int mask)',
  dnnl_primitive_attr_set_post_ops: 'int dnnl_primitive_attr_set_post_ops(void *attr, void *ops)',
  dnnl_post_ops_create: 'int dnnl_post_ops_create(void *ops)',
  dnnl_post_ops_destroy: 'int dnnl_post_ops_destroy(void *ops)',
  dnnl_post_ops_append_sum: 'int dnnl_post_ops_append_sum(void *ops, float scale, int zero_point, int dtype)',
  dnnl_post_ops_append_eltwise: 'int dnnl_post_ops_append_eltwise(void *ops, int algorithm, float alpha, float beta)',
  dnnl_post_ops_append_binary: 'int dnnl_post_ops_append_binary(void *ops, int algorithm, void *desc)',
  dnnl_post_ops_append_prelu: 'int dnnl_post_ops_append_prelu(void *ops, int mask)',
  dnnl_primitive_desc_destroy: 'int dnnl_primitive_desc_destroy(void *pd)',
  dnnl_primitive_desc_next_impl: 'int dnnl_primitive_desc_next_impl(void *pd)',
  dnnl_primitive_desc_query: 'int dnnl_primitive_desc_query(void *pd, int what, int index, void *result)',
  dnnl_primitive_desc_query_md: 'void *dnnl_primitive_desc_query_md(void *pd, int what, int index)',
  dnnl_primitive_create: 'int dnnl_primitive_create(void *primitive, void *pd)',
  dnnl_primitive_destroy: 'int dnnl_primitive_destroy(void *primitive)',
  dnnl_primitive_execute: 'int dnnl_primitive_execute(void *primitive, void *stream, int count, void *args)',
  dnnl_convolution_forward_primitive_desc_create:
    'int dnnl_convolution_forward_primitive_desc_create(void *pd, void *engine, int prop, int alg, void *src, void *weights, void *bias, void *dst, void *strides, void *dilates, void *before, void *after, void *attr)',
  dnnl_convolution_backward_data_primitive_desc_create:
    'int dnnl_convolution_backward_data_primitive_desc_create(void *pd, void *engine, int alg, void *diffSrc, void *weights, void *diffDst, void *strides, void *dilates, void *before, void *after, void *hint, void *attr)',
  dnnl_convolution_backward_weights_primitive_desc_create:
    'int dnnl_convolution_backward_weights_primitive_desc_create(void *pd, void *engine, int alg, void *src, void *diffWeights, void *diffBias, void *diffDst, void *strides, void *dilates, void *before, void *after, void *hint, void *attr)',
  dnnl_batch_normalization_forward_primitive_desc_create:
    'int dnnl_batch_normalization_forward_primitive_desc_create(void *pd, void *engine, int prop, void *src, void *dst, float epsilon, uint flags, void *attr)',
  dnnl_batch_normalization_backward_primitive_desc_create:
    'int dnnl_batch_normalization_backward_primitive_desc_create(void *pd, void *engine, int prop, void *diffSrc, void *diffDst, void *src, float epsilon, uint flags, void *hint, void *attr)',
  dnnl_prelu_forward_primitive_desc_create:
    'int dnnl_prelu_forward_primitive_desc_create(void *pd, void *engine, int prop, void *src, void *weights, void *dst, void *attr)',
  dnnl_prelu_backward_primitive_desc_create:
    'int dnnl_prelu_backward_primitive_desc_create(void *pd, void *engine, void *src, void *weights, void *diffSrc, void *diffWeights, void *diffDst, void *hint, void *attr)',
  dnnl_eltwise_forward_primitive_desc_create:
    'int dnnl_eltwise_forward_primitive_desc_create(void *pd, void *engine, int prop, int alg, void *src, void *dst, float alpha, float beta, void *attr)',
  dnnl_eltwise_backward_primitive_desc_create:
    'int dnnl_eltwise_backward_primitive_desc_create(void *pd, void *engine, int alg, void *diffSrc, void *diffDst, void *data, float alpha, float beta, void *hint, void *attr)',
  dnnl_binary_primitive_desc_create:
    'int dnnl_binary_primitive_desc_create(void *pd, void *engine, int alg, void *left, void *right, void *dst, void *attr)',
  dnnl_matmul_primitive_desc_create:
    'int dnnl_matmul_primitive_desc_create(void *pd, void *engine, void *src, void *weights, void *bias, void *dst, void *attr)',
  dnnl_reduction_primitive_desc_create:
    'int dnnl_reduction_primitive_desc_create(void *pd, void *engine, int alg, void *src, void *dst, float p, float eps, void *attr)',
  dnnl_reorder_primitive_desc_create:
    'int dnnl_reorder_primitive_desc_create(void *pd, void *src, void *srcEngine, void *dst, void *dstEngine, void *attr)',
  dnnl_pooling_forward_primitive_desc_create:
    'int dnnl_pooling_forward_primitive_desc_create(void *pd, void *engine, int prop, int alg, void *src, void *dst, void *strides, void *kernel, void *dilates, void *before, void *after, void *attr)',
  dnnl_pooling_backward_primitive_desc_create:
    'int dnnl_pooling_backward_primitive_desc_create(void *pd, void *engine, int alg, void *diffSrc, void *diffDst, void *strides, void *kernel, void *dilates, void *before, void *after, void *hint, void *attr)',
} as const

export type OnednnFunction = keyof typeof PROTOTYPES

/** What stands for a pointer: an address, or a typed array that C reads or writes during the call. */
export type Pointer = Address | NodeJS.TypedArray | null

export type Functions = Readonly<Record<OnednnFunction, (...args: (number | Pointer)[]) => unknown>>

/** OpenMP's functions, whose numbers are those of the calling thread. */
interface OpenMp {
  readonly maxThreads: () => number
  readonly setThreads: (threads: number) => void
}

export interface Library {
  readonly file: string
  readonly functions: Functions
  readonly openMp: OpenMp
  /** As `3.2.0`. */
  readonly version: string
  readonly engine: Address
  readonly stream: Address
}

const opened = new Map<string, Library>()

/**
 * Loads oneDNN, keeps it for the life of the process, and makes its CPU engine and a stream. A second call gives the same.
 *
 * @throws DataError where the file is no oneDNN of version 3, or one that this machine cannot load, or GNU OpenMP is missing
 */
export function loadLibrary(file: string): Library {
  const known = opened.get(file)
  if (known) return known
  const library = load(file)
  opened.set(file, library)
  return library
}

function load(file: string): Library {
  let functions: Functions
  const openMp = loadOpenMp(file)
  try {
    pin(file)
    const handle = koffi().load(file)
    functions = Object.fromEntries(
      Object.entries(PROTOTYPES).map(([name, prototype]) => [name, handle.func(prototype)]),
    ) as unknown as Functions
  } catch (cause) {
    const { message } = cause as Error
    if (openMp === undefined && message.includes(OPEN_MP)) throw noOpenMp(cause)
    throw new DataError({ file, message: `is no oneDNN library that loads here: ${message}`, cause })
  }
  if (openMp === undefined) throw noOpenMp()
  // dnnl_version_t: int major, minor, patch, and more
  const version = koffi().decode(functions.dnnl_version() as Address, koffi().array('int', 3)) as number[]
  if (version[0] !== 3) throw new DataError({ file, expected: 'oneDNN of version 3', found: version.join('.') })
  const engine = made('dnnl_engine_create', out => functions.dnnl_engine_create(out, ENGINE_KIND_CPU, 0))
  const stream = made('dnnl_stream_create', out => functions.dnnl_stream_create(out, engine, STREAM_IN_ORDER))
  return { file, functions, openMp, version: version.join('.'), engine, stream }
}

function pin(file: string): void {
  if (process.platform !== 'linux') return
  const dlopen = koffi().load(null).func('void *dlopen(const char *file, int mode)')
  dlopen(file, RTLD_NOW | RTLD_NODELETE)
}

/** dnnl_status_t by its number. */
const STATUS = [
  'success',
  'out of memory',
  'invalid arguments',
  'unimplemented',
  'last implementation reached',
  'runtime error',
  'not required',
]
const UNIMPLEMENTED = 3

/** What oneDNN does not have: a caller may try another layout or number type. */
export class Unimplemented extends Error {}

/** Throws where a call of oneDNN's did not succeed. */
export function check(call: string, status: unknown): void {
  if (status === 0) return
  const message = `oneDNN: ${call}: ${STATUS[status as number] ?? `status ${status}`}`
  throw status === UNIMPLEMENTED ? new Unimplemented(message) : new Error(message)
}

/** The handle that a function writes through its first argument. */
export function made(call: string, create: (out: BigUint64Array) => unknown): Address {
  const out = new BigUint64Array(1)
  check(call, create(out))
  return out[0]!
}

/**
 * How often a thread that has nothing to do looks for work before it sleeps. GNU's OpenMP looks 300,000 times, some milliseconds, unless it is told: two
 * runs on one machine then take up to five times as long as one after the other, as threads that only wait keep those from the processor
 * that they wait for. A thousand times bridge what lies between two operations, so that on a quiet machine nothing is lost.
 */
const LOOKS_FOR_WORK = 1000

const OPEN_MP = 'libgomp.so.1'

/**
 * Loads OpenMP, which reads its settings when it is loaded; what a person has set stays. The system's own, which is kept up to date there;
 * where it has none, as a bare Debian, the one that lies beside oneDNN. oneDNN then finds it by its name, as what is loaded already.
 *
 * @returns undefined where there is neither
 */
function loadOpenMp(onednn: string): OpenMp | undefined {
  // Not by process.env: a worker thread has only a copy of it.
  const setenv = koffi().load(null).func('int setenv(const char *name, const char *value, int overwrite)')
  if (process.env.OMP_WAIT_POLICY === undefined) setenv('GOMP_SPINCOUNT', `${LOOKS_FOR_WORK}`, 0)
  for (const file of [OPEN_MP, join(dirname(onednn), OPEN_MP)])
    try {
      const handle = koffi().load(file)
      return {
        maxThreads: handle.func('int omp_get_max_threads()'),
        setThreads: handle.func('void omp_set_num_threads(int)'),
      }
    } catch {
      // The next one.
    }
  return undefined
}

/** What to do about it; what loads oneDNN says at best which file is missing. */
function noOpenMp(cause?: unknown): DataError {
  const message = 'not found: oneDNN needs GNU OpenMP (apt-get install libgomp1, or dnf install libgomp)'
  return new DataError({ file: OPEN_MP, message, cause })
}

/**
 * How many threads oneDNN uses from the calling thread on; OpenMP keeps the number per thread, so it is said by the thread that
 * executes.
 *
 * @returns how many they were before
 */
export function setThreads({ openMp }: Library, threads: number): number {
  const before = openMp.maxThreads()
  openMp.setThreads(threads)
  return before
}
