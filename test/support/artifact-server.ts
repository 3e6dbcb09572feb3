import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What goes wrong with one request; bytes are counted from the start of the file. */
export type Fault =
  | { readonly stallAt: number }
  | { readonly breakAt: number }
  | { readonly wrongByteAt: number }
  | { readonly status: number }
  /** Answers with the whole, whatever was asked for. */
  | 'ignores Range'
  /** Answers a request for a range with another one. */
  | { readonly rangeFrom: number }
  /** Says that it stands elsewhere. */
  | { readonly redirect: string }

const pieceBytes = 256 * 1024

/** Serves one content at every path, with faults that befall the first requests in turn; counts what it gave. */
export class ArtifactServer {
  readonly content: Buffer
  readonly sha256: string
  /** Faults still to come. */
  readonly faults: Fault[]
  readonly requests: IncomingMessage[] = []
  bytesServed = 0
  /** How many requests ended with the last byte of the content. */
  endings = 0
  readonly #server: Server

  constructor(content: Buffer, faults: readonly Fault[] = []) {
    this.content = content
    this.sha256 = createHash('sha256').update(content).digest('hex')
    this.faults = [...faults]
    this.#server = createServer((request, response) => void this.#serve(request, response))
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/file`
  }

  async listen(address = '127.0.0.1'): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, address, resolve))
    return this
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests.push(request)
    const fault = this.faults.shift()
    if (typeof fault === 'object' && 'status' in fault) return void response.writeHead(fault.status).end()
    if (typeof fault === 'object' && 'redirect' in fault) {
      return void response.writeHead(302, { location: fault.redirect }).end()
    }
    const { length } = this.content
    const range = /^bytes=(\d+)-$/.exec(fault === 'ignores Range' ? '' : (request.headers.range ?? ''))?.[1]
    const start = typeof fault === 'object' && 'rangeFrom' in fault ? fault.rangeFrom : Number(range ?? 0)
    if (start >= length) return void response.writeHead(416, { 'content-range': `bytes */${length}` }).end()
    response.writeHead(range === undefined ? 200 : 206, {
      etag: `"${this.sha256}"`,
      'accept-ranges': 'bytes',
      'content-length': length - start,
      ...(range === undefined ? {} : { 'content-range': `bytes ${start}-${length - 1}/${length}` }),
    })
    await this.#send(response, start, typeof fault === 'object' ? fault : {})
  }

  async #send(
    response: ServerResponse,
    start: number,
    fault: Exclude<Fault, string> | object,
  ): Promise<void> {
    const stop = 'stallAt' in fault ? fault.stallAt : 'breakAt' in fault ? fault.breakAt : this.content.length
    for (let from = start; from < stop; from += pieceBytes) {
      const piece = Buffer.from(this.content.subarray(from, Math.min(from + pieceBytes, stop)))
      const wrong = 'wrongByteAt' in fault ? fault.wrongByteAt - from : -1
      if (wrong >= 0 && wrong < piece.length) piece[wrong] = (piece[wrong] ?? 0) ^ 1
      this.bytesServed += piece.length
      // Where the other side is gone nothing comes any more, and there is nothing to do.
      if (!response.write(piece)) await once(response, 'drain')
    }
    if ('stallAt' in fault) return
    // What was written goes out first.
    if ('breakAt' in fault) return void response.socket?.end()
    this.endings++
    response.end()
  }
}
