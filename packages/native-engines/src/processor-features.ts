import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'

/** What a processor computes by itself; undefined where nobody says. */
export interface ProcessorFeatures {
  readonly model: string
  readonly threads: number
  readonly avx2: boolean | undefined
  /** 512-bit vectors, with the byte, word and length extensions that every library asks for. */
  readonly avx512: boolean | undefined
  /** Products of bfloat16 numbers. */
  readonly bf16: boolean | undefined
  /** Matrix tiles of bfloat16 numbers. */
  readonly amx: boolean | undefined
}

/** From /proc/cpuinfo on Linux and `sysctl` on a Mac. */
export function processorFeatures(): ProcessorFeatures {
  const model = cpus()[0]?.model.trim() || 'unknown processor'
  return { model, threads: cpus().length, ...featuresOf(processorFlags()) }
}

/** @param flags as Linux names them: `avx2`, `avx512_bf16` */
export function featuresOf(flags: ReadonlySet<string> | undefined): Omit<ProcessorFeatures, 'model' | 'threads'> {
  const all = (...names: string[]) => flags && names.every(name => flags.has(name))
  return {
    avx2: all('avx2', 'fma'),
    avx512: all('avx512f', 'avx512bw', 'avx512vl', 'avx512dq'),
    bf16: all('avx512_bf16'),
    amx: all('amx_tile', 'amx_bf16'),
  }
}

function processorFlags(): ReadonlySet<string> | undefined {
  if (process.platform === 'linux') return linuxFlags()
  if (process.platform === 'darwin') return macFlags()
  return undefined
}

function linuxFlags(): ReadonlySet<string> | undefined {
  try {
    return cpuinfoFlags(readFileSync('/proc/cpuinfo', 'utf8'))
  } catch {
    return undefined
  }
}

/** The flags of the first processor; an Arm processor has `Features` of other names, among which there is none of ours. */
export function cpuinfoFlags(text: string): ReadonlySet<string> | undefined {
  const flags = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(text)?.[1]
  return flags === undefined ? undefined : new Set(flags.split(/\s+/))
}

/** `hw.optional.avx2_0: 1`; an Apple chip has none of them. */
function macFlags(): ReadonlySet<string> | undefined {
  const { status, stdout } = spawnSync('sysctl', ['hw.optional'], { encoding: 'utf8' })
  return status === 0 ? sysctlFlags(stdout) : undefined
}

export function sysctlFlags(text: string): ReadonlySet<string> {
  const names = [...text.matchAll(/^hw\.optional\.(\w+): 1$/gm)].map(([, name]) => name!)
  return new Set(names.map(name => name.replace(/_0$/, '')))
}
