/** The server over real sockets, with a recogniser that only says what it was asked. */
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import t, { type Test } from 'tap'
import { hostsAt, serve } from '../src/serve.js'
import { MAX_UPLOAD_BYTES } from '../src/server/app.js'
import { MAX_WAITING } from '../src/server/one-at-a-time.js'
import { fakeRecogniser, NOBODY } from './fake-recogniser.js'

async function served(t: Test, see?: Parameters<typeof fakeRecogniser>[0]) {
  const { recogniser, asked } = fakeRecogniser(see)
  const serving = await serve({ recogniser, gallery: '/some/where/people.gallery', threshold: 0.4, port: 0 })
  t.teardown(() => serving.close())
  return { url: serving.url, asked }
}

const post = (url: string, body: BodyInit) => fetch(url, { method: 'POST', body })
const errorOf = async (response: Response) => ((await response.json()) as { error: string }).error

/** A request with any headers, which fetch does not let through. */
function raw(url: string, headers: Record<string, string>, method = 'GET'): Promise<number> {
  const { port, pathname } = new URL(url)
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path: pathname, method, headers }, response => {
      response.resume()
      resolve(response.statusCode!)
    })
    asked.on('error', reject).end()
  })
}

t.test('the page and its files, and nothing else', async t => {
  const { url } = await served(t)
  const page = await fetch(url)
  t.equal(page.status, 200)
  t.match(page.headers.get('content-type'), 'text/html')
  const html = await page.text()
  for (const [, name] of html.matchAll(/(?:src|href)="([^"]+)"/g)) {
    const file = await fetch(url + name)
    t.equal(file.status, 200, name!)
    await file.arrayBuffer()
  }
  for (const name of ['lit-html/lit-html.js', 'lit-html/directives/repeat.js', 'requests.js', 'camera.js']) {
    const file = await fetch(url + name)
    t.match(file.headers.get('content-type'), 'text/javascript', name)
    t.equal(file.status, 200)
    await file.arrayBuffer()
  }
  for (const name of [
    'package.json',
    '../package.json',
    '%2e%2e/package.json',
    'nothing.js',
    'main.js/x',
    'lit-html/package.json',
    'lit-html/../main.js/x',
    'api/nothing',
  ])
    t.equal(await raw(url + name, {}), 404, name)
})

t.test('a browser is told to load nothing from elsewhere and to send the address nowhere', async t => {
  const { url } = await served(t)
  const { headers } = await fetch(url)
  const policy = headers.get('content-security-policy')!
  t.match(policy, /default-src 'none'/)
  t.match(policy, /script-src 'self' 'sha256-[A-Za-z0-9+/=]{44}'/)
  t.notMatch(policy, /unsafe|https?:|\*/)
  t.equal(headers.get('referrer-policy'), 'no-referrer')
  t.equal(headers.get('cache-control'), 'no-store')
  t.equal(headers.get('x-content-type-options'), 'nosniff')
  t.notOk(headers.has('access-control-allow-origin'))
})

t.test('without the token, under another name or from another page: nothing', async t => {
  const { url, asked } = await served(t)
  const { origin, host, pathname } = new URL(url)
  const token = pathname.split('/')[1]!
  t.match(token, /^[\w-]{22}$/, '128 bits')
  for (const path of ['/', '/api/gallery', `/${token.slice(1)}/`, `/${token}x/api/gallery`])
    t.equal((await fetch(origin + path)).status, 404, path)
  t.equal(await raw(url, { Host: 'evil.example' }), 403, 'a name that someone has point here')
  t.equal(await raw(url, { Host: `evil.example:${new URL(url).port}` }), 403)
  t.equal(await raw(url, { Host: host }), 200)
  t.equal(await raw(`${url}api/faces`, { Host: host, Origin: 'http://evil.example' }, 'POST'), 403)
  t.equal(await raw(`${url}api/people?person=Ada`, { Host: host, Origin: 'null' }, 'DELETE'), 403)
  t.same(asked, [])
})

t.test('it listens to this machine only', async t => {
  const { url } = await served(t)
  t.match(url, /^http:\/\/127\.0\.0\.1:\d+\//)
  t.equal((await fetch(url.replace('127.0.0.1', 'localhost'))).status, 200, 'by both its names')
})

t.test('a photo is looked at, a face enrolled, a person deleted, two photos compared', async t => {
  const { url, asked } = await served(t)
  const start = await (await fetch(`${url}api/gallery`)).json()
  t.same(start, {
    gallery: 'people.gallery',
    model: 'fake.onnx',
    people: [],
    threshold: 0.4,
    maxUploadBytes: MAX_UPLOAD_BYTES,
  })
  t.same(await (await post(`${url}api/faces`, 'abc')).json(), NOBODY)
  const name = encodeURIComponent('Zoë / 100%')
  const enrolled = await post(`${url}api/people?person=${name}&face=0`, 'abcd')
  t.same(((await enrolled.json()) as typeof start).people, [{ person: 'Zoë / 100%', faces: 1 }])
  t.equal((await fetch(`${url}api/people?person=${name}`, { method: 'DELETE' })).status, 200)
  const form = new FormData()
  form.set('first', new Blob(['ab']))
  form.set('second', new Blob(['abc']))
  t.match(await (await post(`${url}api/compare`, form)).json(), { similarity: 0.25 })
  t.same(asked, ['find 3', 'enrol 4 0 Zoë / 100%', 'compare 2 3'])
})

t.test('what cannot be done is said in one line', async t => {
  const { url } = await served(t)
  t.equal(await errorOf(await post(`${url}api/faces`, '')), 'expected a photo, found an empty file')
  const other = await post(`${url}api/people?person=Ada&face=3`, 'a photo')
  t.equal(other.status, 400)
  t.match(await errorOf(other), 'a photo with a face 4')
  t.equal((await fetch(`${url}api/people?person=Ada`, { method: 'DELETE' })).status, 400)
  t.equal((await post(`${url}api/compare`, new FormData())).status, 400)
  t.equal((await post(`${url}api/compare`, 'no form')).status, 400)
  for (const face of ['', 'x', '-1', '0.5', '1e99'])
    t.match(
      await errorOf(await post(`${url}api/people?person=Ada&face=${face}`, 'a')),
      'a whole number',
      `face ${face}`,
    )
  t.match(await errorOf(await post(`${url}api/people?face=0`, 'a')), 'expected person=')
  const form = new FormData()
  form.set('first', new Blob([new Uint8Array(MAX_UPLOAD_BYTES + 1)]))
  form.set('second', new Blob(['b']))
  t.match(await errorOf(await post(`${url}api/compare`, form)), 'at most 64 MB')
})

t.test('people by any name', async t => {
  const { url } = await served(t)
  for (const name of ['.', '..', '%zz', 'a&face=1', 'ü'.repeat(2048)]) {
    const address = `${url}api/people?${new URLSearchParams({ person: name, face: '0' })}`
    t.match(await (await post(address, 'a')).json(), { people: [{ person: name, faces: 1 }] })
    t.match(await (await fetch(address, { method: 'DELETE' })).json(), { people: [] })
  }
})

t.test('what the machine does not do is said in one line, and is no fault of this program', async t => {
  const printed = t.capture(console, 'error')
  const { url } = await served(t, async () => {
    readFileSync('/no/such/file')
    return NOBODY
  })
  const response = await post(`${url}api/faces`, 'a')
  t.equal(response.status, 500)
  t.equal(await errorOf(response), '/no/such/file: no such file or directory')
  t.same(printed(), [])
})

t.test('who hangs up in the middle of a photo holds nobody up, and leaves no trace on the terminal', async t => {
  const printed = t.capture(console, 'error')
  const { url, asked } = await served(t)
  for (const headers of [{ 'Content-Length': 1e6 }, { 'Transfer-Encoding': 'chunked' }]) {
    await new Promise<void>(resolve => {
      const upload = request(`${url}api/faces`, { method: 'POST', headers: { ...headers, Expect: '100-continue' } })
      upload.on('error', () => resolve())
      // The server waits for the photo now.
      upload.on('continue', () => upload.write('a', () => upload.destroy(new Error('enough'))))
      upload.flushHeaders()
    })
    t.equal((await post(`${url}api/faces`, 'ab')).status, 200)
  }
  t.same(asked, ['find 2', 'find 2'])
  t.same(printed(), [])
})

t.test("a port that is taken, and HTTP's own", async t => {
  const { url } = await served(t)
  const port = Number(new URL(url).port)
  await t.rejects(serve({ recogniser: fakeRecogniser().recogniser, gallery: 'a', threshold: null, port }), {
    message: `port ${port}, expected one that can be had, found one that is taken`,
  })
  t.same(hostsAt(80), ['127.0.0.1', 'localhost'], 'of which browsers do not tell')
  t.same(hostsAt(8080), ['127.0.0.1:8080', 'localhost:8080'])
})

t.test('a photo that is too large is refused before it is read, said or not', async t => {
  const { url, asked } = await served(t)
  const { port, pathname } = new URL(url)
  const status = await new Promise(resolve => {
    const upload = request({
      host: '127.0.0.1',
      port,
      path: `${pathname}api/faces`,
      method: 'POST',
      headers: { 'Content-Length': 200e6 },
    })
    // Nothing of the 200 MB is ever sent.
    upload.on('response', response => resolve(response.resume().statusCode)).on('error', () => {})
    upload.flushHeaders()
    t.teardown(() => upload.destroy())
  })
  t.equal(status, 413)
  const piece = new Uint8Array(2 ** 20)
  let left = MAX_UPLOAD_BYTES / piece.length + 2
  const unannounced = new ReadableStream({
    pull: controller => (left-- > 0 ? controller.enqueue(piece) : controller.close()),
  })
  const response = await fetch(`${url}api/faces`, { method: 'POST', body: unannounced, duplex: 'half' } as RequestInit)
  t.equal(response.status, 413)
  t.match(await errorOf(response), 'at most 64 MB')
  t.same(asked, [])
})

t.test('photos are looked at one after another, and not too many wait', async t => {
  let running = 0
  let most = 0
  let release = () => {}
  const first = new Promise<void>(resolve => {
    release = resolve
  })
  const { url } = await served(t, async () => {
    most = Math.max(most, ++running)
    await first
    running--
    return NOBODY
  })
  const waiting = Array.from({ length: MAX_WAITING }, () => post(`${url}api/faces`, 'a'))
  const statuses: number[] = []
  const all = Promise.all(waiting.map(async one => statuses.push((await one).status)))
  const refused = await untilRefused(() => post(`${url}api/faces`, 'a'))
  t.equal(refused.headers.get('retry-after'), '5')
  release()
  await all
  t.ok(statuses.every(status => status === 200 || status === 503))
  t.ok(statuses.filter(status => status === 200).length >= MAX_WAITING - 1)
  t.equal(most, 1)
  t.equal((await post(`${url}api/faces`, 'a')).status, 200, 'and then it goes on')
})

/** The requests before may still be on their way. */
async function untilRefused(ask: () => Promise<Response>): Promise<Response> {
  const asked: Promise<Response>[] = []
  return new Promise(resolve => {
    for (let i = 0; i < 2; i++) asked.push(ask())
    for (const one of asked) one.then(response => response.status === 503 && resolve(response))
  })
}
