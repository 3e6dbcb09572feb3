// `serve.ts ADDRESS PORT FOLDER …`: hands out release files of these folders, as their official places and registries would.
import { createReadStream, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import { ImageStore } from './image-store.ts'
import { find } from './shelf.ts'
import { imageDir } from './stock.ts'

const [address, port, ...folders] = process.argv.slice(2)
const store = new ImageStore(imageDir)

createServer(answer).listen(Number(port), address)

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { method, url = '/' } = request
  if (method !== 'GET' && method !== 'HEAD') return void response.writeHead(405).end()
  if (url === '/v2/') return void response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  const address = URL.canParse(url, 'http://lab') ? new URL(url, 'http://lab') : undefined
  const found = address && find(address, folders, store)
  if (found === undefined) return void response.writeHead(404).end()
  const { size } = statSync(found.file)
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? -1)
  if (start >= size) return void response.writeHead(416, { 'content-range': `bytes */${size}` }).end()
  const from = Math.max(start, 0)
  response.writeHead(start < 0 ? 200 : 206, {
    'content-type': found.type,
    'content-length': size - from,
    'accept-ranges': 'bytes',
    ...(found.digest === undefined ? {} : { 'docker-content-digest': found.digest }),
    ...(start < 0 ? {} : { 'content-range': `bytes ${from}-${size - 1}/${size}` }),
  })
  if (method === 'HEAD') return void response.end()
  // Whoever hangs up in the middle has had enough.
  pipeline(createReadStream(found.file, { start: from }), response, () => {})
}
