/** Runs a program as the ranks of a job on this machine. */
import { spawn, spawnSync } from 'node:child_process'

const found = spawnSync('mpirun', ['--version']).status === 0
if (!found) console.log('# skipped: no mpirun (Debian: apt install openmpi-bin)')

/** The options of `t.test` for what needs Open MPI. */
export const WITH_MPI = { skip: !found }

const OPTIONS = ['--allow-run-as-root', '--oversubscribe', '--bind-to', 'none', '--mca', 'btl', 'self,vader']

export function mpirun(ranks: number, command: readonly string[]) {
  return spawnSync('mpirun', [...OPTIONS, '-n', `${ranks}`, ...command], { encoding: 'utf8' })
}

/** The same, that goes on while its caller does something to it. */
export function startMpirun(ranks: number, command: readonly string[]) {
  const child = spawn('mpirun', [...OPTIONS, '-n', `${ranks}`, ...command], { stdio: ['ignore', 'ignore', 'pipe'] })
  let stderr = ''
  child.stderr.on('data', chunk => {
    stderr += chunk
  })
  const ended = new Promise<{ code: number | null; stderr: string }>(resolve =>
    child.on('close', code => resolve({ code, stderr })),
  )
  return { pid: child.pid!, ended, kill: () => child.kill('SIGKILL') }
}
