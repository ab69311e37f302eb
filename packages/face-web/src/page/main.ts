/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { html, render, type TemplateResult } from 'lit-html'
import { repeat } from 'lit-html/directives/repeat.js'
import type { GalleryState } from '../answers.js'
import { cameraView, closeCamera, openCamera, takePhoto } from './camera.js'
import { compareView } from './compare-view.js'
import { dropZone, takeStrayDrops } from './drop-zone.js'
import { peopleView } from './people-view.js'
import { photoView } from './photo-view.js'
import { comparePhotos, enrolFace, findFaces, galleryState, removePerson } from './requests.js'
import { forget, MAX_PHOTOS, newPhoto, type Photo, type State, UNCALIBRATED } from './state.js'
import { thresholdView } from './threshold-view.js'

const state: State = { threshold: UNCALIBRATED, photos: [], comparison: {}, notice: '' }
const root = document.getElementById('page')!
root.replaceChildren()

/** Shows the state as it is; what the person types in the meantime stays. */
function show(): void {
  render(state.gallery ? page(state.gallery) : html`<p>${state.notice || 'Loading…'}</p>`, root)
}

/** Where the keyboard goes on after what it was on has gone. */
function focusInstead(selector: string): void {
  if (document.activeElement === document.body)
    root.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true })
}

/** Does something that may fail, and says so in the notice. */
async function attempt(action: () => Promise<string | undefined>): Promise<void> {
  try {
    state.notice = (await action()) ?? ''
  } catch (error) {
    state.notice = (error as Error).message
  }
  show()
}

function page(gallery: GalleryState): TemplateResult {
  const people = gallery.people.map(({ person }) => person)
  return html`<header class="top">
      <h1>Who is it?</h1>
      <p class="soft">${gallery.gallery}, known by ${gallery.model}</p>
      ${thresholdView(state.threshold, gallery.threshold, threshold => {
        state.threshold = threshold
        show()
      })}
    </header>
    <p class="notice" role="status">${state.notice}</p>
    <div class="columns">
      <div>
        ${dropZone('Drop photos here', lookAtFiles, true)} ${cameraView(state.camera, { start: startCamera, take: takeFromCamera, stop: stopCamera })}
        ${repeat(
          state.photos,
          photo => photo,
          photo => photoView(photo, state.threshold, people, { enrol, close }),
        )}
      </div>
      <aside>
        ${peopleView(gallery.people, remove)} ${compareView(state.comparison, state.threshold, compare)}
        <p class="soft duty">
          Enrol only people who know of it and agree. Nothing of a photo is kept but the embedding of a face that you enrol, and Delete
          removes that from the file.
        </p>
      </aside>
    </div>`
}

async function startCamera(): Promise<void> {
  await attempt(async () => {
    const stream = await openCamera().catch(() => {
      throw new Error('no camera, or it was not allowed')
    })
    // The button may have been pressed twice.
    if (state.camera) closeCamera(stream)
    else state.camera = stream
    return undefined
  })
  focusInstead('.live button')
}

function stopCamera(): void {
  if (state.camera) closeCamera(state.camera)
  delete state.camera
  show()
  focusInstead('.camera')
}

const takeFromCamera = () =>
  attempt(async () => {
    const video = root.querySelector('video')!
    return look([newPhoto(await takePhoto(video), `camera, ${new Date().toLocaleTimeString()}`)])
  })

const lookAtFiles = (files: readonly File[]) => attempt(async () => look(files.map(file => newPhoto(file, file.name))))

/** Shows photos and has them looked at. @returns what is to be said of older ones, for which there is no room any more */
function look(photos: readonly Photo[]): string | undefined {
  state.photos.unshift(...photos.toReversed())
  const old = state.photos.splice(MAX_PHOTOS)
  for (const photo of old) forget(photo)
  for (const photo of photos) if (!old.includes(photo)) void lookAt(photo)
  if (old.length === 0) return undefined
  return `${MAX_PHOTOS} photos are shown at a time: ${old.length === 1 ? 'the oldest is' : `the ${old.length} oldest are`} closed.`
}

async function lookAt(photo: Photo): Promise<void> {
  try {
    mustBeSmall(photo.file)
    photo.found = await findFaces(photo.file)
  } catch (error) {
    photo.error = (error as Error).message
  }
  show()
}

/** Told before it is sent: the server would refuse it after all. */
function mustBeSmall(file: Blob): void {
  const most = state.gallery!.maxUploadBytes
  if (file.size > most)
    throw new Error(`${(file.size / 2 ** 20).toFixed(0)} MB: a photo has at most ${most / 2 ** 20} MB here`)
}

const close = (photo: Photo) => {
  forget(photo)
  state.photos = state.photos.filter(other => other !== photo)
  show()
  focusInstead('.drop input')
}

/** Faces that are on their way into the gallery: a button that is pressed twice enrols once. */
const enrolling = new Set<string>()

async function enrol(photo: Photo, face: number, person: string): Promise<void> {
  const key = `${photo.url}#${face}`
  if (enrolling.has(key)) return
  enrolling.add(key)
  await change(
    `${person} is being enrolled…`,
    async () => {
      state.gallery = await enrolFace(photo.file, face, person).finally(() => enrolling.delete(key))
      return `${person} is enrolled.`
    },
    photo,
  )
}

async function remove(person: string): Promise<void> {
  if (!confirm(`Delete ${person} and all their faces from the gallery?`)) return
  await change(`${person} is being deleted…`, async () => {
    state.gallery = await removePerson(person)
    return `${person} is deleted.`
  })
}

/** Changes the gallery, and then looks who the faces are now, first those of the photo that it is about. */
async function change(doing: string, work: () => Promise<string>, about?: Photo): Promise<void> {
  state.notice = doing
  show()
  await attempt(work)
  focusInstead('.people h2')
  await lookAgain(about).catch((error: Error) => {
    state.notice = error.message
  })
  show()
}

let lookingAgain = 0

/** Who the faces are may be another matter now; and again where the gallery changes meanwhile. */
async function lookAgain(first: Photo | undefined): Promise<void> {
  const turn = ++lookingAgain
  for (const photo of state.photos.toSorted((a, b) => Number(b === first) - Number(a === first))) {
    if (turn !== lookingAgain) return
    if (!photo.found || !state.photos.includes(photo)) continue
    photo.found = await findFaces(photo.file)
    show()
  }
}

function compare(side: 'first' | 'second', files: readonly File[]): void {
  const [file] = files
  if (!file) return
  const { comparison } = state
  forget(comparison[side])
  comparison[side] = newPhoto(file, file.name)
  delete comparison.result
  delete comparison.error
  show()
  const { first, second } = comparison
  if (!first || !second) return
  const done = (change: Partial<State['comparison']>) => {
    // Another photo may have taken its place meanwhile.
    if (comparison.first === first && comparison.second === second) Object.assign(comparison, change)
    show()
  }
  Promise.resolve()
    .then(() => {
      mustBeSmall(first.file)
      mustBeSmall(second.file)
      return comparePhotos(first.file, second.file)
    })
    .then(result => {
      first.found = result.photos[0]
      second.found = result.photos[1]
      done({ result })
    })
    .catch((error: Error) => done({ error: error.message }))
}

takeStrayDrops(files => {
  if (state.gallery) void lookAtFiles(files)
})
await attempt(async () => {
  state.gallery = await galleryState()
  state.threshold = state.gallery.threshold ?? UNCALIBRATED
  return undefined
})
