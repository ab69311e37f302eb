/** What systems leave in folders and archives, besides names that begin with a dot. */
const LEFTOVERS: readonly string[] = [
  '__macosx',
  'thumbs.db',
  'ehthumbs.db',
  'desktop.ini',
  '$recycle.bin',
  'system volume information',
  'lost+found',
  '@eadir',
  '#recycle',
]

export function isLeftover(name: string): boolean {
  return name.startsWith('.') || LEFTOVERS.includes(name.toLowerCase())
}
