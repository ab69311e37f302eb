import type { Compared, FoundFaces, GalleryState, Refusal } from '../answers.js'

/** Addresses are relative: the page lies below the token. */
export const galleryState = (): Promise<GalleryState> => ask('api/gallery')

export const findFaces = (photo: Blob): Promise<FoundFaces> =>
  ask('api/faces', { method: 'POST', body: photo }, [photo])

export const enrolFace = (photo: Blob, face: number, person: string): Promise<GalleryState> =>
  ask(`api/people?${new URLSearchParams({ person, face: `${face}` })}`, { method: 'POST', body: photo }, [photo])

export const removePerson = (person: string): Promise<GalleryState> =>
  ask(`api/people?${new URLSearchParams({ person })}`, { method: 'DELETE' })

export function comparePhotos(first: Blob, second: Blob): Promise<Compared> {
  const form = new FormData()
  form.set('first', first, 'first')
  form.set('second', second, 'second')
  return ask('api/compare', { method: 'POST', body: form }, [first, second])
}

/**
 * @param sent what is in the body
 * @throws Error with the server's own words, or with why it was not reached
 */
async function ask<T>(address: string, init: RequestInit = {}, sent: readonly Blob[] = []): Promise<T> {
  const response = await fetch(address, init).catch(async () => {
    // A file that the browser cannot read fails as a server does that is not there.
    for (const photo of sent) await photo.arrayBuffer().catch(unreadable)
    throw new Error('face-web does not answer: is it still running?')
  })
  const answer = (await response.json()) as T | Refusal
  if (!response.ok) throw new Error((answer as Refusal).error)
  return answer as T
}

function unreadable(): never {
  throw new Error('the browser cannot read this any more: it has changed or gone, or it is a folder')
}
