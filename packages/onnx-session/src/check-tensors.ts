import { ARRAY_OF, describe, sizeOf, type TensorValues, type TypedTensor, type ValueInfo } from './typed-tensor.js'

/**
 * Checks the tensors given for a model's inputs before native code sees them.
 *
 * @throws TypeError that names the first input that is missing, unknown, or not as the model declares it
 */
export function checkFeeds(inputs: readonly ValueInfo[], feeds: Readonly<Record<string, TypedTensor>>): void {
  const missing = inputs.find(input => feeds[input.name] === undefined)
  if (missing) throw new TypeError(`input ${missing.name}: expected ${describe(missing)}, found nothing`)
  checkTensors('input', inputs, feeds)
}

/**
 * Checks buffers that outputs are to be written to: declared as the model says, and none of them memory of an input, which
 * a step would overwrite before it has read it.
 *
 * @throws TypeError that names the first output that is not so
 */
export function checkFetches(
  outputs: readonly ValueInfo[],
  into: Readonly<Record<string, TypedTensor>>,
  feeds: Readonly<Record<string, TypedTensor>>,
): void {
  checkTensors('output', outputs, into)
  const taken = new Map<ArrayBufferLike, { value: string; data: TensorValues }[]>()
  for (const [name, { data }] of Object.entries(feeds)) take(`input ${name}`, data)
  for (const [name, { data }] of Object.entries(into)) {
    const other = taken.get(data.buffer)?.find(earlier => overlap(earlier.data, data))
    if (other) throw new TypeError(`output ${name}: shares its buffer with ${other.value}`)
    take(`output ${name}`, data)
  }

  function take(value: string, data: TensorValues): void {
    const others = taken.get(data.buffer)
    if (others) others.push({ value, data })
    else taken.set(data.buffer, [{ value, data }])
  }
}

function checkTensors(
  kind: 'input' | 'output',
  declared: readonly ValueInfo[],
  tensors: Readonly<Record<string, TypedTensor>>,
): void {
  const values = new Map(declared.map(value => [value.name, value]))
  for (const [name, tensor] of Object.entries(tensors)) {
    const value = values.get(name)
    if (!value) {
      const names = declared.map(value => value.name).join(', ')
      throw new TypeError(`${kind} ${name}: the model has no such ${kind} (it has ${names})`)
    }
    const fits =
      value.shape.length === tensor.shape.length && value.shape.every((d, i) => d === null || d === tensor.shape[i])
    if (value.dtype !== tensor.dtype || !fits)
      throw new TypeError(`${kind} ${name}: expected ${describe(value)}, found ${describe(tensor)}`)
    if (!tensor.shape.every(dimension => Number.isSafeInteger(dimension) && dimension >= 0))
      throw new TypeError(`${kind} ${name}: expected whole numbers for a shape, found [${tensor.shape.join(', ')}]`)
    if (!(tensor.data instanceof ARRAY_OF[tensor.dtype]))
      throw new TypeError(`${kind} ${name}: expected a ${ARRAY_OF[tensor.dtype].name}, found ${nameOf(tensor.data)}`)
    if (tensor.data.length !== sizeOf(tensor.shape))
      throw new TypeError(
        `${kind} ${name}: expected ${sizeOf(tensor.shape)} values for ${describe(tensor)}, found ${tensor.data.length}`,
      )
  }
}

/** Whether two views of one buffer have bytes in common. */
function overlap(a: TensorValues, b: TensorValues): boolean {
  return a.byteOffset < b.byteOffset + b.byteLength && b.byteOffset < a.byteOffset + a.byteLength
}

function nameOf(data: unknown): string {
  return data === null || data === undefined ? String(data) : (Object(data).constructor?.name ?? typeof data)
}
