/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { html, render, type TemplateResult } from 'lit-html'
import type { GalleryState } from '../answers.js'
import { closeCamera, openCamera, takePhoto } from './camera.js'
import { compareView } from './compare-view.js'
import { dropZone } from './drop-zone.js'
import { peopleView } from './people-view.js'
import { photoView } from './photo-view.js'
import { comparePhotos, enrolFace, findFaces, galleryState, removePerson } from './requests.js'
import { forget, MAX_PHOTOS, newPhoto, type Photo, type State, UNCALIBRATED } from './state.js'

const state: State = { threshold: UNCALIBRATED, photos: [], comparison: {}, notice: '' }
const root = document.getElementById('page')!
root.replaceChildren()

/** Shows the state as it is; what the person types in the meantime stays. */
function show(): void {
  render(state.gallery ? page(state.gallery) : html`<p>${state.notice || 'Loading…'}</p>`, root)
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
      ${thresholdView(gallery)}
    </header>
    <p class="notice" role="status">${state.notice}</p>
    <div class="columns">
      <div>
        ${dropZone('Drop photos here', look, true)} ${cameraView()}
        ${state.photos.map(photo => photoView(photo, state.threshold, people, { enrol, close }))}
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

function thresholdView({ threshold }: GalleryState): TemplateResult {
  const change = (event: Event) => {
    state.threshold = Number((event.target as HTMLInputElement).value)
    show()
  }
  return html`<label class="threshold">
    Threshold <input type="range" min="0" max="1" step="0.005" .value=${String(state.threshold)} @input=${change}>
    <output>${state.threshold.toFixed(3)}</output>
    <span class="soft">${threshold === null ? 'not calibrated: names are guesses' : `given: ${threshold.toFixed(3)}`}</span>
  </label>`
}

function cameraView(): TemplateResult {
  const { camera } = state
  const start = () =>
    attempt(async () => {
      state.camera = await openCamera().catch(() => {
        throw new Error('no camera, or it was not allowed')
      })
      return undefined
    })
  const stop = () => {
    if (camera) closeCamera(camera)
    delete state.camera
    show()
  }
  const take = () =>
    attempt(async () => {
      const video = root.querySelector('video')!
      void lookAt(newPhoto(await takePhoto(video), `camera, ${new Date().toLocaleTimeString()}`))
      return undefined
    })
  if (!camera) return html`<button class="camera" @click=${start}>Use the camera</button>`
  return html`<div class="live">
    <video autoplay playsinline muted .srcObject=${camera}></video>
    <button @click=${take}>Take a photo</button> <button class="quiet" @click=${stop}>Stop the camera</button>
  </div>`
}

function look(files: readonly File[]): void {
  for (const file of files) void lookAt(newPhoto(file, file.name))
}

async function lookAt(photo: Photo): Promise<void> {
  state.photos.unshift(photo)
  for (const old of state.photos.splice(MAX_PHOTOS)) forget(old)
  show()
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
}

const enrol = (photo: Photo, face: number, person: string) =>
  attempt(async () => {
    state.gallery = await enrolFace(photo.file, face, person)
    await lookAgain()
    return `${person} is enrolled.`
  })

const remove = (person: string) =>
  attempt(async () => {
    if (!confirm(`Delete ${person} and all their faces from the gallery?`)) return undefined
    state.gallery = await removePerson(person)
    await lookAgain()
    return `${person} is deleted.`
  })

/** Who the faces are may be another matter now. */
async function lookAgain(): Promise<void> {
  for (const photo of state.photos) if (photo.found) photo.found = await findFaces(photo.file)
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

await attempt(async () => {
  state.gallery = await galleryState()
  state.threshold = state.gallery.threshold ?? UNCALIBRATED
  return undefined
})
