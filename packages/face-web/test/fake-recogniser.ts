import { DataError } from '@tiny-face/safe-files'
import type { FoundFaces } from '../src/answers.js'
import type { Recogniser } from '../src/recogniser.js'

export const NOBODY: FoundFaces = { width: 10, height: 20, faces: [] }

/** A recogniser that sees what it is told to, and remembers what it was asked. */
export function fakeRecogniser(see: (photo: Uint8Array) => Promise<FoundFaces> = async () => NOBODY) {
  const people = new Map<string, number>()
  const asked: string[] = []
  const recogniser: Recogniser = {
    kind: { size: 4, flip: true, model: { name: 'fake.onnx', sha256: '00', preprocess: 'rgb mean=127.5 std=128' } },
    people: () => [...people].map(([person, faces]) => ({ person, faces })),
    async find(photo) {
      asked.push(`find ${photo.length}`)
      return see(photo)
    },
    async enrol(photo, face, person) {
      asked.push(`enrol ${photo.length} ${face} ${person}`)
      if (face !== 0) throw new DataError({ expected: `a photo with a face ${face + 1}`, found: '1 faces' })
      people.set(person, (people.get(person) ?? 0) + 1)
    },
    async remove(person) {
      if (!people.delete(person)) throw new DataError({ message: `nobody named ${person}` })
    },
    async compare(first, second) {
      asked.push(`compare ${first.length} ${second.length}`)
      return { photos: [NOBODY, NOBODY], similarity: 0.25 }
    },
    async close() {},
  }
  return { recogniser, asked }
}
