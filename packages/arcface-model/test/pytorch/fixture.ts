import { readFileSync } from 'node:fs'
import type { CaseShape } from './step-case.js'

/** What tools/peers/step-torch.py says of one step; see there. */
export interface PytorchStep {
  readonly torch: string
  readonly loss: { readonly float64: number; readonly float32: number; readonly bfloat16: number }
  /** By offset: how far each is moved first, as base64 of int8 in 1/1024. */
  readonly moves: Readonly<Record<string, string>>
  readonly updates: Readonly<Record<string, PytorchUpdate>>
}

/** One variable's change by the step. Errors are lengths by the length of the change in float64. */
export interface PytorchUpdate {
  /** Length of the change in float64. */
  readonly norm: number
  readonly float32: number
  readonly bfloat16: number
  /** The change in float64: base64 of float32, 64 of them where it has more values. */
  readonly sketch?: string
}

/** What a test without PyTorch needs: made by tools/peers/make-step-fixtures. */
export interface Fixture {
  readonly shape: CaseShape
  /** Of the state before it is moved from kinks. */
  readonly fingerprint: readonly number[]
  readonly pytorch: PytorchStep
}

export function fixturePath(network: string): URL {
  return new URL(`../fixtures/${network}.jsonl`, import.meta.url)
}

/**
 * Lines of JSON, so that a change can be seen: `{shape, fingerprint, torch, loss}`, then one for each variable, which begins with its
 * name and how far it is moved.
 */
export function formatFixture({ shape, fingerprint, pytorch }: Fixture): string {
  const { torch, loss, moves, updates } = pytorch
  const variables = Object.entries(updates).map(([name, update]) => ({ name, move: moves[name], ...update }))
  return [{ shape, fingerprint, torch, loss }, ...variables].map(line => `${JSON.stringify(line)}\n`).join('')
}

export function readFixture(network: string): Fixture {
  const [head, ...variables] = readFileSync(fixturePath(network), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  const { shape, fingerprint, torch, loss } = head
  const moved = variables.filter(({ move }) => move !== undefined)
  const moves = Object.fromEntries(moved.map(({ name, move }) => [name, move]))
  const updates = Object.fromEntries(variables.map(({ name, move: _, ...update }) => [name, update]))
  return { shape, fingerprint, pytorch: { torch, loss, moves, updates } }
}

export function unpackFloats(base64: string): Float64Array {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'))
  return Float64Array.from(new Float32Array(bytes.buffer))
}
