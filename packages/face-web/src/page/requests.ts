import type { Compared, FoundFaces, GalleryState, Refusal } from '../answers.js'

/** Addresses are relative: the page lies below the token. */
export const galleryState = (): Promise<GalleryState> => ask('api/gallery')

export const findFaces = (photo: Blob): Promise<FoundFaces> => ask('api/faces', { method: 'POST', body: photo })

export const enrolFace = (photo: Blob, face: number, person: string): Promise<GalleryState> =>
  ask(`api/people?${new URLSearchParams({ person, face: `${face}` })}`, { method: 'POST', body: photo })

export const removePerson = (person: string): Promise<GalleryState> =>
  ask(`api/people?${new URLSearchParams({ person })}`, { method: 'DELETE' })

export function comparePhotos(first: Blob, second: Blob): Promise<Compared> {
  const form = new FormData()
  form.set('first', first, 'first')
  form.set('second', second, 'second')
  return ask('api/compare', { method: 'POST', body: form })
}

/** @throws Error with the server's own words */
async function ask<T>(address: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(address, init).catch(() => {
    throw new Error('face-web does not answer: is it still running?')
  })
  const answer = (await response.json()) as T | Refusal
  if (!response.ok) throw new Error((answer as Refusal).error)
  return answer as T
}
