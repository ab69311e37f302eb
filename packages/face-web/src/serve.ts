import { randomBytes } from 'node:crypto'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename } from 'node:path'
import { serve as listen } from '@hono/node-server'
import { systemReason } from '@tiny-face/command-shell'
import { DataError } from '@tiny-face/safe-files'
import type { Recogniser } from './recogniser.js'
import { createApp } from './server/app.js'

/** The only address that is listened on: this machine's own. */
const LOOPBACK = '127.0.0.1'

export interface ServeOptions {
  readonly recogniser: Recogniser
  /** The gallery's file. */
  readonly gallery: string
  readonly threshold: number | null
  /** 0 takes any that is free. */
  readonly port: number
}

export interface Serving {
  /** Of the page, with the token in it: who does not know it sees nothing. */
  readonly url: string
  close(): Promise<void>
}

/** What a browser calls this server as `Host`: without the port where it is HTTP's own. */
export function hostsAt(port: number): string[] {
  return [LOOPBACK, 'localhost'].map(name => new URL(`http://${name}:${port}`).host)
}

/**
 * Serves the page to this machine.
 *
 * @throws DataError where the port cannot be had
 */
export async function serve({ recogniser, gallery, threshold, port }: ServeOptions): Promise<Serving> {
  const token = randomBytes(16).toString('base64url')
  let hosts: readonly string[] = []
  const app = createApp({ recogniser, token, gallery: basename(gallery), threshold, hosts: () => hosts })
  const server = listen({ fetch: app.fetch, hostname: LOOPBACK, port }) as Server
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject)).catch(cause => {
    const found = cause.code === 'EADDRINUSE' ? 'one that is taken' : (systemReason(cause) ?? cause.message)
    throw new DataError({ message: `port ${port}`, expected: 'one that can be had', found, cause })
  })
  const taken = (server.address() as AddressInfo).port
  hosts = hostsAt(taken)
  return {
    url: `http://${LOOPBACK}:${taken}/${token}/`,
    async close() {
      const closed = new Promise(resolve => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
