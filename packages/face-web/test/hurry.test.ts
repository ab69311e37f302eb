/** The page in the hands of somebody who hurries, drops beside, scrolls, or has a keyboard only. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readGallery } from '@tiny-face/face-gallery'
import type { Locator } from 'playwright-core'
import { MAX_PHOTOS } from '../src/page/state.js'
import { inChromium, opened, photoOf, png } from './opened-page.js'

const notice = (text: string) => `.notice:has-text("${text}")`

inChromium('a name that is being typed stays with its face when other photos come and go', async (t, browser) => {
  const { page, drop, complaints } = await opened(t, browser)
  await drop(await png(0))
  const input = page.getByLabel('Name of face 1')
  await input.waitFor()
  await input.pressSequentially('Ad')
  await drop(await png(1))
  await input.nth(1).waitFor()
  await page.keyboard.type('a')
  t.same(await valuesOf(input), ['', 'Ada'])
  await page.getByRole('button', { name: 'Close person-1-0.png' }).click()
  t.same(await valuesOf(input), ['Ada'])
  t.same(complaints, [])
})

const valuesOf = (inputs: Locator) =>
  inputs.evaluateAll(inputs => inputs.map(input => (input as HTMLInputElement).value))

inChromium('what is dropped beside the place for it is looked at, and the page stays', async (t, browser) => {
  const { page } = await opened(t, browser)
  const prevented = await page.evaluate(() => {
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File(['no photo'], 'beside.jpg'))
    return ['dragover', 'drop'].map(type => {
      const event = new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer })
      document.body.dispatchEvent(event)
      return event.defaultPrevented
    })
  })
  t.same(prevented, [true, true])
  await page.getByRole('heading', { name: 'beside.jpg' }).waitFor()
})

inChromium('of more photos than are shown the newest are, and it is said', async (t, browser) => {
  const { page, drop } = await opened(t, browser)
  await drop(
    ...Array.from({ length: MAX_PHOTOS + 3 }, (_, i) => ({ name: `${i}.jpg`, bytes: Buffer.from('no photo') })),
  )
  await page.locator(notice(`${MAX_PHOTOS} photos are shown at a time: the 3 oldest are closed.`)).waitFor()
  t.equal(await page.locator('.photo').count(), MAX_PHOTOS)
  t.equal(await page.locator('.photo h3').first().textContent(), `${MAX_PHOTOS + 2}.jpg`)
  await drop({ name: 'last.jpg', bytes: Buffer.from('no photo') })
  await page.locator(notice('the oldest is closed.')).waitFor()
})

inChromium('far down the page it is seen what a button did, and pressed twice it does it once', async (t, browser) => {
  const { page, drop, gallery } = await opened(t, browser)
  await drop(await png(0), await png(1), await png(2))
  const last = page.locator('.photo').last()
  await page.locator('.faces li').nth(2).waitFor()
  await last.getByLabel('Name of face 1').fill('Ada')
  await page.evaluate(() => {
    const real = window.fetch
    window.fetch = (address, init) => {
      sizes.push(`${address === 'api/faces' ? (init!.body as Blob).size : ''}`)
      return real(address, init)
    }
    const sizes: string[] = []
    Object.assign(window, { sizes })
  })
  await last.getByRole('button', { name: 'Enrol' }).dblclick()
  const told = page.locator(notice('Ada is enrolled.'))
  await told.waitFor()
  t.ok(await page.evaluate(() => scrollY > 300), 'far down')
  const { y, height } = (await told.boundingBox())!
  t.ok(y >= 0 && y + height < page.viewportSize()!.height, 'in sight')
  await last.locator('strong', { hasText: 'Ada' }).waitFor()
  t.equal(readGallery(gallery).length, 1)
  await page.waitForFunction(() => (window as unknown as { sizes: string[] }).sizes.length === 4)
  const sizes = await page.evaluate(() => (window as unknown as { sizes: string[] }).sizes)
  const bytes = await Promise.all([0, 2, 1].map(async identity => `${(await png(identity)).bytes.length}`))
  t.same(sizes, ['', ...bytes], 'its own photo is looked at again first')
})

inChromium('by keyboard alone, what is to be done next has the focus', async (t, browser) => {
  const { page, drop } = await opened(t, browser)
  const focused = () => page.evaluate(() => document.activeElement!.textContent)
  const press = async (name: string) => {
    await page.getByRole('button', { name }).focus()
    await page.keyboard.press('Enter')
  }
  await press('Use the camera')
  await page.locator('video').waitFor()
  t.equal(await focused(), 'Take a photo')
  await press('Stop the camera')
  t.equal(await focused(), 'Use the camera')
  await drop(await png(0))
  await page.getByLabel('Name of face 1').fill('Ada')
  await page.keyboard.press('Enter')
  await page.locator(notice('Ada is enrolled.')).waitFor()
  await press('Delete Ada')
  await page.locator(notice('Ada is deleted.')).waitFor()
  await page.waitForFunction(() => document.activeElement?.textContent === 'People')
  await press('Close person-0-0.png')
  t.equal(await page.evaluate(() => (document.activeElement as HTMLInputElement).type), 'file')
})

inChromium('what browsers cannot show, cannot read, or cannot compare is said', async (t, browser) => {
  const { page, drop } = await opened(t, browser)
  const { pixels, width, height } = await photoOf(0)
  const grey = pixels.filter((_, i) => i % 3 === 1)
  const unseen = page.getByText('Browsers cannot show this kind of picture')
  await drop({ name: 'a.pgm', bytes: Buffer.concat([Buffer.from(`P5 ${width} ${height} 255\n`), grey]) })
  await unseen.waitFor()
  t.equal(await page.locator('.picture img:visible').count(), 0)
  await drop(await png(0))
  await page.locator('.picture svg:visible').waitFor()
  t.equal(await unseen.locator('visible=true').count(), 1)

  const gone = join(t.testdir({}), 'gone.png')
  writeFileSync(gone, (await png(0)).bytes)
  const [first, second] = [page.locator('.pair input').first(), page.locator('.pair input').last()]
  await first.setInputFiles(gone)
  rmSync(gone)
  await second.setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('no photo') })
  const told = page.locator('.compare [role=alert]')
  await told.waitFor()
  t.match(await told.textContent(), 'the browser cannot read this any more')
  await first.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from((await png(0)).bytes) })
  await page.locator('.compare [role=alert]', { hasText: /^the second photo: expected a photo/ }).waitFor()
})
