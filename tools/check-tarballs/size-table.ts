import type { Installed } from './install.js'
import type { Tarball } from './pack.js'

export interface Row extends Installed {
  name: string
  tarball: Tarball
}

/** What each package weighs: its tarball, and all that is installed with it. */
export function sizeTable(rows: readonly Row[]): string {
  const width = Math.max(7, ...rows.map(({ name }) => name.length))
  const lines = rows.map(({ name, tarball, packages, bytes }) =>
    [
      name.padEnd(width),
      `${(tarball.size / 1e3).toFixed(0)} kB`.padStart(8),
      String(packages).padStart(9),
      `${(bytes / 1e6).toFixed(1)} MB`.padStart(10),
    ].join(' '),
  )
  return [`${'package'.padEnd(width)}  tarball  packages  installed`, ...lines].join('\n')
}
