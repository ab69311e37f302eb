import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { flag, list, number, object, oneOf, parseJson, text, tuple, whole } from '@tiny-face/checked-json'
import { faceTemplate } from '@tiny-face/verifier'
import { test } from 'tap'
import { drawPageFaces } from './page-faces.js'
import { runQdrantPage } from './qdrant-page.js'
import { scratch } from './scratch.js'

const missing = ['jq', 'curl', 'bash'].filter(tool => spawnSync(tool, ['--version']).status !== 0)

// The requests as https://api.qdrant.tech (version 1.20) describes them: of each the fields that the page uses, and no others.
const CREATE = object({ vectors: object({ size: whole(1), distance: oneOf(['Cosine']) }) })
const UPSERT = object({
  points: list(object({ id: whole(0), vector: list(number()), payload: object({ person: text, photo: text }) })),
})
const QUERY = object({ query: list(number()), limit: whole(1), with_payload: flag, score_threshold: number(-1, 1) })
const MATCH = object({ key: oneOf(['person']), match: object({ value: text }) })
const DELETE = object({ filter: object({ must: tuple([MATCH]) }) })

/** A collection that answers as Qdrant does, and throws where a request is not as Qdrant takes it. */
class Collection {
  readonly requests: string[] = []
  #size = 0
  #points = new Map<number, { vector: Float64Array; payload: { person: string; photo: string } }>()

  answer(request: string, body: string): unknown {
    this.requests.push(request)
    const place = { file: request }
    if (request === 'PUT /collections/people') {
      this.#size = parseJson(body, CREATE, place).vectors.size
      return true
    }
    if (request === 'PUT /collections/people/points?wait=true') {
      for (const { id, vector, payload } of parseJson(body, UPSERT, place).points) {
        if (vector.length !== this.#size) throw new Error(`${vector.length} numbers, not ${this.#size}`)
        this.#points.set(id, { vector: faceTemplate(vector), payload })
      }
      return { operation_id: 0, status: 'completed' }
    }
    if (request === 'POST /collections/people/points/query') {
      const { query, limit, score_threshold } = parseJson(body, QUERY, place)
      const wanted = faceTemplate(query)
      const scored = [...this.#points].map(([id, { vector, payload }]) => ({
        id,
        version: 0,
        score: vector.reduce((sum, value, k) => sum + value * wanted[k]!, 0),
        payload,
      }))
      const over = scored.filter(({ score }) => score > score_threshold).sort((a, b) => b.score - a.score)
      return { points: over.slice(0, limit) }
    }
    if (request === 'POST /collections/people/points/delete?wait=true') {
      const { value } = parseJson(body, DELETE, place).filter.must[0].match
      for (const [id, { payload }] of this.#points) if (payload.person === value) this.#points.delete(id)
      return { operation_id: 1, status: 'completed' }
    }
    throw new Error(`no such request: ${request}`)
  }
}

const skip = missing.length > 0 && `not here: ${missing.join(', ')}`
test("the README's commands for Qdrant, against what takes and gives what its pages say", { skip }, async t => {
  const collection = new Collection()
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    try {
      const result = collection.answer(`${request.method} ${request.url}`, body)
      response.end(JSON.stringify({ result, status: 'ok', time: 0.001 }))
    } catch (error) {
      response.statusCode = 400
      response.end(JSON.stringify({ status: { error: (error as Error).message } }))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const folder = scratch('page')
  mkdirSync(folder)
  const { port } = server.address() as AddressInfo
  const { people, photos, wanted } = drawPageFaces()
  const [enrolled, found, removed, after] = await runQdrantPage(folder, `http://127.0.0.1:${port}`, {
    people,
    photos,
    cosine: 0.5,
  })
  server.close()
  t.match(enrolled, { status: 0, stderr: '' })
  t.equal(collection.requests.filter(request => request.includes('points?wait')).length, 3, '250 points by the hundred')
  t.match(found, { status: 0, stderr: '' })
  const names = (stdout: string) =>
    stdout
      .trimEnd()
      .split('\n')
      .map(line => line.split(' ')[0])
  t.same(names(found!.stdout), wanted)
  t.match(removed, { status: 0, stderr: '' })
  t.same(
    names(after!.stdout),
    wanted.map(name => (name === 'Ada' ? 'unknown' : name)),
  )
})
