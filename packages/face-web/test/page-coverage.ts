/** Tells c8 which lines of the page's modules a browser ran: npm run coverage. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'

let reports = 0

/** Begins to count what the page runs; the function that it gives writes that down, before the page is closed. */
export async function countLines(page: Page): Promise<() => Promise<void>> {
  const folder = process.env.NODE_V8_COVERAGE
  if (folder === undefined) return async () => {}
  await page.coverage.startJSCoverage()
  return async () => {
    const entries = await page.coverage.stopJSCoverage()
    // The modules as they are served are the files of dist/page.
    const result = entries.flatMap(({ scriptId, url, functions }) => {
      const name = /^http:\/\/[^/]+\/[^/]+\/([\w-]+\.js)$/.exec(url)?.[1]
      return name === undefined
        ? []
        : [{ scriptId, functions, url: new URL(`../dist/page/${name}`, import.meta.url).href }]
    })
    writeFileSync(join(folder, `coverage-page-${process.pid}-${reports++}.json`), JSON.stringify({ result }))
  }
}
