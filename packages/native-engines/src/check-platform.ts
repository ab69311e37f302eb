import { DataError } from '@tiny-face/safe-files'

/** @throws DataError where the wheels, which are for one platform, cannot run */
export function checkPlatform(
  { platform, arch, glibc }: { platform: string; arch: string; glibc: string | undefined } = thisMachine(),
): void {
  if (platform === 'linux' && arch === 'x64' && glibc !== undefined && Number(glibc.split('.')[1]) >= 27) return
  const libc = platform !== 'linux' ? '' : glibc === undefined ? ' without glibc' : ` with glibc ${glibc}`
  throw new DataError({
    message:
      'engines can be installed on Linux x86-64 with glibc 2.27 or later; the engine onnx runs anywhere as it is',
    found: `${platform} ${arch}${libc}`,
  })
}

function thisMachine() {
  const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } }
  return { platform: process.platform, arch: process.arch, glibc: header.glibcVersionRuntime }
}
