import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { tgz } from '../../support/tarball.ts'
import { type Release, standIn } from './program.ts'

/** All that is served when nobody says otherwise: one version to install, and one to go on to. */
const releases: readonly Release[] = [
  { version: 'v1.34.2+k3s1', distribution: 'k3s' },
  { version: 'v1.34.3+k3s1', distribution: 'k3s' },
  { version: 'v1.34.2+rke2r1', distribution: 'rke2' },
  { version: 'v1.34.3+rke2r1', distribution: 'rke2' },
]

/** In place of the script of k3s's makers. */
export const installScript = readFileSync(join(import.meta.dirname, 'install.sh'))

/** Serves releases under the paths that they have upstream, below what `url` says. */
export class ReleaseServer implements AsyncDisposable {
  /** Paths that were asked for, as they came. */
  readonly requests: string[] = []
  readonly #files: ReadonlyMap<string, Buffer>
  readonly #server: Server

  constructor(served: readonly Release[] = releases) {
    this.#files = new Map([
      ...served.flatMap((release) => [...pathsOf(release)]),
      ['/get.k3s.io/', installScript],
    ])
    this.#server = createServer((request, response) => {
      const asked = request.url ?? '/'
      this.requests.push(asked)
      const content = this.#files.get(decodeURIComponent(asked))
      if (content === undefined) return void response.writeHead(404).end('Not Found')
      response.writeHead(200, { 'content-length': content.length, etag: `"${sha256(content)}"` })
      response.end(request.method === 'HEAD' ? undefined : content)
    })
  }

  /** In place of https://github.com. */
  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo
    return `http://${address}:${port}/github.com`
  }

  /** On a lab's `controllerAddress` its hosts reach it too. */
  async listen(address = '127.0.0.1', port = 0): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(port, address, resolve))
    return this
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/** The files of a release by their names. */
export function filesOf(release: Release): Readonly<Record<string, Buffer>> {
  const files = release.distribution === 'k3s' ? k3sFiles(release) : rke2Files(release)
  const sums = Object.entries(files).map(([name, content]) => `${sha256(content)}  ${name}\n`)
  return { ...files, 'sha256sum-amd64.txt': Buffer.from(sums.join('')) }
}

function k3sFiles(release: Release): Record<string, Buffer> {
  return { k3s: standIn(release), 'k3s-airgap-images-amd64.tar.zst': imagesOf(release) }
}

function rke2Files(release: Release): Record<string, Buffer> {
  const folder = join(import.meta.dirname, 'rke2')
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).toSorted((a, b) =>
    join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1,
  )
  const members = names.map((entry): [string, string | Buffer] => {
    const path = join(entry.parentPath, entry.name)
    const name = path.slice(folder.length + 1)
    return entry.isDirectory() ? [`${name}/`, ''] : [name, readFileSync(path)]
  })
  return {
    'rke2.linux-amd64.tar.gz': tgz({ ...Object.fromEntries(members), 'bin/rke2': standIn(release) }),
    'rke2-images.linux-amd64.tar.zst': imagesOf(release),
  }
}

// Nobody unpacks them: there is nothing here that would run an image.
function imagesOf({ version, distribution }: Release): Buffer {
  return Buffer.from(`Stand-in for the images of ${distribution} ${version}.\n`)
}

function* pathsOf(release: Release): Iterable<[string, Buffer]> {
  const owner = release.distribution === 'k3s' ? 'k3s-io/k3s' : 'rancher/rke2'
  for (const [name, content] of Object.entries(filesOf(release))) {
    yield [`/github.com/${owner}/releases/download/${release.version}/${name}`, content]
  }
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}
