/** The page in a real Chromium, with the real detector, network and gallery, on faces that the project draws. */
import { join } from 'node:path'
import { drawFace } from '@tiny-face/drawn-faces'
import { installedDetector } from '@tiny-face/face-aligner'
import { encodePng, type Pixels } from '@tiny-face/image-stream'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { openRecogniser } from '../src/recogniser.js'
import { serve } from '../src/serve.js'
import { openChromium } from './chromium.js'
import { countLines } from './page-coverage.js'
import { recogniserModel } from './recogniser-model.js'

const THRESHOLD = 0.97

const model = recogniserModel(t.testdir({}))
if (installedDetector('yunet') === undefined) console.log('# skipped: face-align --install yunet')
const browser = model && installedDetector('yunet') ? await openChromium() : undefined
t.teardown(() => browser?.close())

/** Somebody's face in the middle of a wider picture. */
export async function photoOf(identity: number, view = 0): Promise<Pixels> {
  const [face, side] = [await drawFace({ identity, view, size: 224, seed: 1 }), 400]
  const pixels = new Uint8Array(side * side * 3).fill(150)
  for (let y = 0; y < face.height; y++) {
    const row = face.pixels.subarray(y * face.width * 3, (y + 1) * face.width * 3)
    pixels.set(row, ((y + 80) * side + 90) * 3)
  }
  return { pixels, width: side, height: side }
}

export interface Opened {
  page: Page
  /** Drops files where the page takes photos. */
  drop(...files: { name: string; bytes: Uint8Array }[]): Promise<void>
  gallery: string
  /** What went wrong in the browser, and what was asked of others. */
  complaints: string[]
}

export async function opened(t: Test, browser: Browser): Promise<Opened> {
  const gallery = join(t.testdir({}), 'people.gallery')
  const recogniser = await openRecogniser({ gallery, model: model!, detector: 'yunet', threads: 2 })
  const serving = await serve({ recogniser, gallery, threshold: THRESHOLD, port: 0 })
  const context: BrowserContext = await browser.newContext({ permissions: ['camera'] })
  const page = await context.newPage()
  const writeCoverage = await countLines(page)
  t.teardown(async () => {
    await writeCoverage()
    await context.close()
    await serving.close()
    await recogniser.close()
  })
  const complaints: string[] = []
  page.on('pageerror', error => complaints.push(String(error)))
  page.on('console', message => {
    // A refusal is told of on the page; the browser notes it, too.
    if (message.type() === 'error' && !message.text().includes('status of 4')) complaints.push(message.text())
  })
  page.on('request', request => {
    if (!request.url().startsWith(serving.url) && !request.url().startsWith('blob:')) complaints.push(request.url())
  })
  page.on('dialog', dialog => dialog.accept())
  await page.goto(serving.url)
  await page.getByText('Drop photos here').waitFor()
  async function drop(...files: { name: string; bytes: Uint8Array }[]) {
    const given = files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString('base64') }))
    const data = await page.evaluateHandle(async given => {
      const transfer = new DataTransfer()
      for (const { name, base64 } of given) {
        const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0))
        transfer.items.add(new File([bytes], name))
      }
      return transfer
    }, given)
    await page.locator('.drop').first().dispatchEvent('drop', { dataTransfer: data })
  }
  return { page, drop, gallery, complaints }
}

export const png = async (identity: number, view = 0) => ({
  name: `person-${identity}-${view}.png`,
  bytes: await encodePng(await photoOf(identity, view)),
})

/** A test with a browser; skipped, with one printed line, where something that it needs is not installed. */
export const inChromium = (name: string, run: (t: Test, browser: Browser) => Promise<void>) =>
  t.test(name, { skip: browser === undefined }, t => run(t, browser!))
