/**
 * The page in a real Chromium, with the real detector, network and gallery, on faces that the project draws: what a person does with it, and
 * that it asks for nothing but its own server.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { drawFace } from '@tiny-face/drawn-faces'
import { installedDetector } from '@tiny-face/face-aligner'
import { readGallery } from '@tiny-face/face-gallery'
import { encodeJpeg, encodePng, type Pixels } from '@tiny-face/image-stream'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { openRecogniser } from '../src/recogniser.js'
import { serve } from '../src/serve.js'
import { MAX_UPLOAD_BYTES } from '../src/server/app.js'
import { openChromium } from './chromium.js'
import { recogniserModel } from './recogniser-model.js'

const THRESHOLD = 0.97

const model = recogniserModel(t.testdir({}))
if (installedDetector('yunet') === undefined) console.log('# skipped: face-align --install yunet')
const browser = model && installedDetector('yunet') ? await openChromium() : undefined
t.teardown(() => browser?.close())

/** Somebody's face in the middle of a wider picture. */
async function photoOf(identity: number, view = 0): Promise<Pixels> {
  const [face, side] = [await drawFace({ identity, view, size: 224, seed: 1 }), 400]
  const pixels = new Uint8Array(side * side * 3).fill(150)
  for (let y = 0; y < face.height; y++) {
    const row = face.pixels.subarray(y * face.width * 3, (y + 1) * face.width * 3)
    pixels.set(row, ((y + 80) * side + 90) * 3)
  }
  return { pixels, width: side, height: side }
}

interface Opened {
  page: Page
  /** Drops files where the page takes photos. */
  drop(...files: { name: string; bytes: Uint8Array }[]): Promise<void>
  gallery: string
  /** What went wrong in the browser, and what was asked of others. */
  complaints: string[]
}

async function opened(t: Test, browser: Browser): Promise<Opened> {
  const gallery = join(t.testdir({}), 'people.gallery')
  const recogniser = await openRecogniser({ gallery, model: model!, detector: 'yunet', threads: 2 })
  const serving = await serve({ recogniser, gallery, threshold: THRESHOLD, port: 0 })
  const context: BrowserContext = await browser.newContext({ permissions: ['camera'] })
  t.teardown(async () => {
    await context.close()
    await serving.close()
    await recogniser.close()
  })
  const page = await context.newPage()
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

const png = async (identity: number, view = 0) => ({
  name: `person-${identity}-${view}.png`,
  bytes: await encodePng(await photoOf(identity, view)),
})

const inChromium = (name: string, run: (t: Test, browser: Browser) => Promise<void>) =>
  t.test(name, { skip: browser === undefined }, t => run(t, browser!))

inChromium('drop, enrol, match, delete', async (t, browser) => {
  const { page, drop, gallery, complaints } = await opened(t, browser)
  await drop(await png(0))
  const face = page.locator('.faces li')
  await face.waitFor()
  t.equal(await face.locator('strong').textContent(), 'unknown')
  t.equal(await page.locator('.picture rect').count(), 1)
  await face.getByLabel('Name of face 1').fill('Ada Löv')
  await face.getByRole('button', { name: 'Enrol' }).click()
  await page.getByText('Ada Löv is enrolled.').waitFor()
  t.equal(await face.locator('strong').textContent(), 'Ada Löv')
  t.same(readGallery(gallery).names, ['Ada Löv'])

  await drop(await png(0, 1))
  const faces = page.locator('.photo')
  await faces.nth(1).waitFor()
  await faces.first().locator('.faces li').waitFor()
  t.match(await faces.first().locator('.soft').last().textContent(), /^Ada Löv [01]\.\d{3}$/, 'with the similarity')

  await page.getByRole('slider').fill('1')
  t.equal(await faces.last().locator('strong').textContent(), 'unknown', 'above the highest threshold is nobody')
  await page.getByRole('slider').fill('0.2')
  t.equal(await faces.first().locator('strong').textContent(), 'Ada Löv')

  await page.getByRole('button', { name: 'Delete Ada Löv' }).click()
  await page.getByText('Ada Löv is deleted.').waitFor()
  t.equal(await faces.first().locator('strong').textContent(), 'unknown')
  t.notOk(readFileSync(gallery).includes('Ada'), 'nothing of the name is left in the file')
  t.same(complaints, [])
})

inChromium('a picture without a face, a file that is none, one that is too large', async (t, browser) => {
  const { page, drop, complaints } = await opened(t, browser)
  await drop({
    name: 'wall.png',
    bytes: await encodePng({ pixels: new Uint8Array(30_000).fill(99), width: 100, height: 100 }),
  })
  await page.getByText('No face was found in this picture.').waitFor()
  await drop({ name: 'notes.txt', bytes: Buffer.from('no picture at all') })
  await page.getByRole('alert').waitFor()
  t.match(await page.getByRole('alert').textContent(), /expected/)
  await page.evaluate(() => {
    const transfer = new DataTransfer()
    transfer.items.add(new File(Array(200).fill(new Uint8Array(1e6)), 'huge.jpg'))
    document.querySelector('.drop')!.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer }))
  })
  const huge = page.getByText(`191 MB: a photo has at most ${MAX_UPLOAD_BYTES / 2 ** 20} MB here`)
  await huge.waitFor()
  // The server, too, if the page did not ask before.
  const status = await page.evaluate(async () => {
    const body = new Blob(Array(200).fill(new Uint8Array(1e6)))
    return (await fetch('api/faces', { method: 'POST', body }).catch(() => undefined))?.status
  })
  t.ok(status === undefined || status === 413, 'refused')
  t.ok(await page.evaluate(async () => (await fetch('api/gallery')).ok), 'and it goes on')
  t.same(
    complaints.filter(text => !text.includes('ERR_CONNECTION_RESET')),
    [],
  )
})

inChromium('20 photos at once', async (t, browser) => {
  const { page, drop, complaints } = await opened(t, browser)
  const people = [0, 1, 2, 3].map(identity => photoOf(identity))
  const photos = await Promise.all(people.map(async photo => encodeJpeg(await photo, 90)))
  await drop(...Array.from({ length: 20 }, (_, i) => ({ name: `photo-${i}.jpg`, bytes: photos[i % 4]! })))
  await page.locator('.faces li').nth(19).waitFor()
  t.equal(await page.locator('.photo').count(), 20)
  t.equal(await page.locator('.wrong').count(), 0)
  t.same(complaints, [])
})

inChromium('two photos are compared', async (t, browser) => {
  const { page, complaints } = await opened(t, browser)
  const folder = t.testdir({})
  const files = await Promise.all(
    [0, 0, 5].map(async (identity, i) => {
      const path = join(folder, `${i}.png`)
      writeFileSync(path, (await png(identity)).bytes)
      return path
    }),
  )
  const [first, second] = [page.locator('.pair input').first(), page.locator('.pair input').last()]
  await first.setInputFiles(files[0]!)
  await second.setInputFiles(files[1]!)
  await page.getByText('One person').waitFor()
  t.match(await page.locator('.compare [role=status]').textContent(), 'similarity 1.000')
  await second.setInputFiles(files[2]!)
  await page.locator('.compare [role=status]').waitFor()
  const similarity = Number(
    /similarity (-?[\d.]+)/.exec((await page.locator('.compare [role=status]').textContent())!)![1],
  )
  t.ok(similarity < 0.999, `another person: ${similarity}`)
  t.same(complaints, [])
})

inChromium('the camera, which this one fills with a pattern', async (t, browser) => {
  const { page, gallery, complaints } = await opened(t, browser)
  await page.getByRole('button', { name: 'Use the camera' }).click()
  await page.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0)
  await page.getByRole('button', { name: 'Take a photo' }).click()
  await page.getByText('No face was found in this picture.').waitFor()
  await page.getByRole('button', { name: 'Stop the camera' }).click()
  await page.getByRole('button', { name: 'Use the camera' }).waitFor()
  t.notOk(existsSync(gallery), 'nothing is kept that was not enrolled')
  t.same(complaints, [])
})
