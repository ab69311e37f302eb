/**
 * What the page asks for, below `/TOKEN/`:
 *
 *     GET    /                        the page, and its files
 *     GET    /api/gallery             GalleryState
 *     POST   /api/faces               a photo as the body: FoundFaces
 *     POST   /api/people?person=NAME&face=0
 *                                     enrols that face of the photo in the body: GalleryState
 *     DELETE /api/people?person=NAME  GalleryState
 *     POST   /api/compare             a form with the photos `first` and `second`: Compared
 *
 * What fails is answered with a Refusal: 400 where the photo or the request is at fault, 404, 413 where it is too large, 503 where too
 * many wait, 500 for what the machine did not do, such as write the gallery.
 */
import { systemReason } from '@tiny-face/command-shell'
import { DataError } from '@tiny-face/safe-files'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { GalleryState } from '../answers.js'
import type { Recogniser } from '../recogniser.js'
import { guard, headers } from './guard.js'
import { Busy, oneAtATime } from './one-at-a-time.js'
import { inlineScript, readPage } from './page-files.js'

/** A photo of 50 megapixels takes 10 to 30 MB. */
export const MAX_UPLOAD_BYTES = 64 * 2 ** 20

export interface AppOptions {
  readonly recogniser: Recogniser
  readonly token: string
  /** The gallery's file name. */
  readonly gallery: string
  readonly threshold: number | null
  readonly hosts: () => readonly string[]
}

export function createApp({ recogniser, token, gallery, threshold, hosts }: AppOptions): Hono {
  const page = readPage()
  const queue = oneAtATime()
  const state = (): GalleryState => ({
    gallery,
    model: recogniser.kind.model?.name ?? 'a network without a name',
    people: recogniser.people(),
    threshold,
    maxUploadBytes: MAX_UPLOAD_BYTES,
  })
  const app = new Hono()
  app.use(headers(inlineScript(page)), guard(token, hosts))
  app.onError(refusal)
  app.notFound(context => context.json({ error: 'not found' }, 404))

  const api = new Hono()
  api.get('/gallery', context => context.json(state()))
  api.post('/faces', limit(1), async context => {
    return context.json(await queue(async () => recogniser.find(await photoOf(context))))
  })
  api.post('/people', limit(1), async context => {
    const [person, face] = [asked(context, 'person'), faceOf(context)]
    const id = `face-web ${new Date().toISOString()}`
    await queue(async () => recogniser.enrol(await photoOf(context), face, person, id))
    return context.json(state())
  })
  api.delete('/people', async context => {
    const person = asked(context, 'person')
    await queue(() => recogniser.remove(person))
    return context.json(state())
  })
  api.post('/compare', limit(2), async context => {
    const compared = await queue(async () => {
      const form = await context.req.formData().catch(cause => {
        throw new DataError({ expected: 'a form with two photos', found: 'something else', cause })
      })
      return recogniser.compare(await fileOf(form, 'first'), await fileOf(form, 'second'))
    })
    return context.json(compared)
  })
  app.route('/:token/api', api)
  app.get('/:token/:file{[a-z/-]*\\.?[a-z]*}', context => {
    const file = page.get(context.req.param('file'))
    if (file === undefined) return context.notFound()
    return context.body(file.bytes, 200, { 'Content-Type': file.type })
  })
  return app
}

const limit = (photos: number) =>
  bodyLimit({
    // A form has some lines of its own round each photo.
    maxSize: photos * MAX_UPLOAD_BYTES + 4096,
    onError: context => context.json({ error: TOO_LARGE }, 413),
  })

const TOO_LARGE = `a photo has at most ${MAX_UPLOAD_BYTES / 2 ** 20} MB here`

/** What the address says of something. */
function asked(context: Context, name: string): string {
  const value = context.req.query(name)
  if (value === undefined) throw new DataError({ expected: `${name}=… in the address`, found: 'none' })
  return value
}

function faceOf(context: Context): number {
  const text = asked(context, 'face')
  const face = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(face) && face >= 0) return face
  throw new DataError({ expected: 'face=… in the address, a whole number of at least 0', found: text })
}

async function photoOf(context: Context): Promise<Uint8Array> {
  const photo = new Uint8Array(await context.req.arrayBuffer())
  if (photo.length === 0) throw new DataError({ expected: 'a photo', found: 'an empty file' })
  return photo
}

async function fileOf(form: FormData, name: string): Promise<Uint8Array> {
  const file = form.get(name)
  if (file === null || typeof file === 'string')
    throw new DataError({ expected: `a photo ${name} in the form`, found: 'none' })
  if (file.size > MAX_UPLOAD_BYTES) throw new DataError({ message: TOO_LARGE })
  return new Uint8Array(await file.arrayBuffer())
}

/** One line for the person who asked; what is a fault of this program is for the terminal. */
function refusal(error: Error, context: Context): Response {
  if (error instanceof DataError) return context.json({ error: error.message }, 400)
  if (error instanceof Busy) return context.json({ error: error.message }, 503, { 'Retry-After': '5' })
  // Who hung up before all was sent is told nothing, and nothing went wrong.
  if ((error as NodeJS.ErrnoException).code === 'ECONNRESET') return context.body(null, 400)
  const reason = systemReason(error)
  if (reason !== undefined) return context.json({ error: reason }, 500)
  console.error(error)
  return context.json({ error: 'something went wrong; the terminal says what' }, 500)
}
