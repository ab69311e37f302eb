import { getSystemErrorMap } from 'node:util'

/** What the system says went wrong, in one line: `people.gallery: permission denied`; undefined for an error that is not the system's. */
export function systemReason(error: unknown): string | undefined {
  const { code, errno, path, syscall, message } = error as NodeJS.ErrnoException
  if (code === undefined || errno === undefined || syscall === undefined) return undefined
  return `${path ?? syscall}: ${getSystemErrorMap().get(errno)?.[1] ?? message}`
}
