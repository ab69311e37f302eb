import { createHash, timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { secureHeaders } from 'hono/secure-headers'

/**
 * What a browser is told of every answer: load nothing from elsewhere, run nothing that was written into the page, send nobody the
 * address, which has the token in it.
 *
 * @param inline the one script that is written into the page
 */
export const headers = (inline: string): MiddlewareHandler =>
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'", `'sha256-${createHash('sha256').update(inline).digest('base64')}'`],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'blob:'],
      connectSrc: ["'self'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
    permissionsPolicy: { camera: ['self'], microphone: false, geolocation: false },
    referrerPolicy: 'no-referrer',
    strictTransportSecurity: false,
  })

/**
 * Lets through only who knows the token and asks this server by its own name: a page of another site that has its name point at this
 * machine (DNS rebinding) sends that site's, and one that posts to it sends its own origin.
 *
 * @param hosts what `Host` may be: `127.0.0.1:PORT`, `localhost:PORT`
 */
export function guard(token: string, hosts: () => readonly string[]): MiddlewareHandler {
  return async (context, next) => {
    const { req } = context
    const host = req.header('host') ?? ''
    if (!hosts().includes(host)) return context.json({ error: 'this server answers to its own address only' }, 403)
    const origin = req.header('origin')
    if (origin !== undefined && origin !== `http://${host}`)
      return context.json({ error: 'this server answers to its own page only' }, 403)
    if (!same(req.path.split('/')[1] ?? '', token)) return context.json({ error: 'not found' }, 404)
    context.header('Cache-Control', 'no-store')
    await next()
  }
}

/** Without telling by the time it takes how much of a wrong token was right. */
function same(given: string, wanted: string): boolean {
  const [a, b] = [given, wanted].map(text => createHash('sha256').update(text).digest())
  return timingSafeEqual(a!, b!)
}
