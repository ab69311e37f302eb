/** What a person does with the page in a real Chromium, and that it asks for nothing but its own server. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readGallery } from '@tiny-face/face-gallery'
import { encodeJpeg, encodePng } from '@tiny-face/image-stream'
import type { Locator } from 'playwright-core'
import { MAX_UPLOAD_BYTES } from '../src/server/app.js'
import { inChromium, opened, photoOf, png } from './opened-page.js'

/** Waits until a face has a name: the page says first that somebody is enrolled, and then looks at its photos again. */
const called = (face: Locator, name: string) => face.locator('strong', { hasText: name }).waitFor()

inChromium('drop, enrol, match, delete', async (t, browser) => {
  const { page, drop, gallery, complaints } = await opened(t, browser)
  await drop(await png(0))
  const face = page.locator('.faces li')
  await face.waitFor()
  await called(face, 'unknown')
  t.equal(await page.locator('.picture rect').count(), 1)
  await face.getByLabel('Name of face 1').fill('Ada Löv')
  await face.getByRole('button', { name: 'Enrol' }).click()
  await page.getByText('Ada Löv is enrolled.').waitFor()
  await called(face, 'Ada Löv')
  t.same(readGallery(gallery).names, ['Ada Löv'])

  await drop(await png(0, 1))
  const faces = page.locator('.photo')
  await faces.nth(1).waitFor()
  await faces.first().locator('.faces li').waitFor()
  t.match(await faces.first().locator('.soft').last().textContent(), /^Ada Löv [01]\.\d{3}$/, 'with the similarity')

  await page.getByRole('slider').fill('1')
  // Above the highest threshold is nobody.
  await called(faces.last(), 'unknown')
  await page.getByRole('slider').fill('0.2')
  await called(faces.first(), 'Ada Löv')

  await page.getByRole('button', { name: 'Delete Ada Löv' }).click()
  await page.getByText('Ada Löv is deleted.').waitFor()
  await called(faces.first(), 'unknown')
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
  await page.locator('.compare [role=status]', { hasNotText: 'similarity 1.000' }).waitFor()
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
