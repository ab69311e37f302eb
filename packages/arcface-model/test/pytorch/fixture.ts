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
  return new URL(`../fixtures/${network}.json`, import.meta.url)
}

export function readFixture(network: string): Fixture {
  return JSON.parse(readFileSync(fixturePath(network), 'utf8'))
}

export function unpackFloats(base64: string): Float64Array {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'))
  return Float64Array.from(new Float32Array(bytes.buffer))
}
