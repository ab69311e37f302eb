import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const HTML = 'text/html; charset=utf-8'
const CSS = 'text/css; charset=utf-8'
const SCRIPT = 'text/javascript; charset=utf-8'
const SVG = 'image/svg+xml'
const IMPORT_MAP = /<script type="importmap">(.*?)<\/script>/s

/** A file of the page, with its content type. */
export interface PageFile {
  readonly type: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** The page: its files by name, the page itself under the empty name. Read once, so that a request never names a path. */
export function readPage(): ReadonlyMap<string, PageFile> {
  const page = (name: string) => new URL(`../../page/${name}`, import.meta.url)
  // The modules of src/page, as the build leaves them.
  const scripts = new URL('../../dist/page/', import.meta.url)
  const files: [string, PageFile][] = [
    ['', { type: HTML, bytes: bytesOf(page('index.html')) }],
    ['icon.svg', { type: SVG, bytes: bytesOf(page('icon.svg')) }],
    ['style.css', { type: CSS, bytes: bytesOf(page('style.css')) }],
  ]
  for (const name of LIT_HTML)
    files.push([`lit-html/${name}`, { type: SCRIPT, bytes: bytesOf(new URL(name, import.meta.resolve('lit-html'))) }])
  for (const name of readdirSync(scripts).filter(name => name.endsWith('.js')))
    files.push([name, { type: SCRIPT, bytes: bytesOf(new URL(name, scripts)) }])
  return new Map(files)
}

/** What the page takes of lit-html, and what that takes. */
const LIT_HTML = ['lit-html.js', 'directive.js', 'directive-helpers.js', 'directives/repeat.js']

/** The page's one inline script, which says where its modules find the library that they use. */
export function inlineScript(page: ReadonlyMap<string, PageFile>): string {
  const html = new TextDecoder().decode(page.get('')!.bytes)
  return IMPORT_MAP.exec(html)![1]!
}

function bytesOf(url: URL): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(fileURLToPath(url)))
}
