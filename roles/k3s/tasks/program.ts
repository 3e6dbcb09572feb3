import { asFound, defineFact } from '../../../lib/host/fact.ts'
import { machine } from '../../../lib/host/facts/machine.ts'
import { archive, directory, download, symlink } from '../../../lib/resources/index.ts'
import type { Resource } from '../../../lib/task/kind.ts'
import type { Seen } from '../cluster.ts'
import type { K3sContext } from '../context.ts'
import { archOf, links, releaseUrl } from '../product.ts'
import { byScript } from './script.ts'

/** Brings the program, and the images of the system; returns what a running service has to take up. */
export async function bringProgram(context: K3sContext, seen: Seen): Promise<readonly Resource[]> {
  const { vars, task, fact, shared } = context
  const { product, version, dataDir } = seen
  const arch = archOf(await fact(machine))
  const urlOf = (file: string) => releaseUrl(product, version, file, vars.mirrorProfile)
  const from = (file: string) => ({
    url: urlOf(file),
    checksums: { url: urlOf(product.checksums(arch)), name: file },
    artifacts: shared.artifacts,
  })
  if (vars.images === 'archive') {
    const name = product.images(arch)
    await task(
      'Bring the images of the system',
      ...foldersDownTo(`${dataDir}/agent/images`).map((path) => directory({ path })),
      download({ path: `${dataDir}/agent/images/${name}`, mode: 0o600, ...from(name) }),
    )
  }
  if (vars.method === 'script') return byScript(context, seen)
  const name = product.artifact(arch)
  if (product.member !== undefined) {
    const source = `/usr/local/src/${name}`
    const packed = download({ path: source, ...from(name) })
    return task(
      `Bring ${product.name} ${version}`,
      packed,
      archive({ source, to: '/usr/local', only: [product.member], name: product.name, after: [packed] }),
    )
  }
  return task(
    `Bring ${product.name} ${version}`,
    download({ path: product.program, mode: 0o755, ...from(name) }),
    ...(await fact(freeLinks)).map((path) => symlink({ path, target: product.name })),
  )
}

/** Those of them that nobody else has: a tool of the user's stays. */
const freeLinks = asFound(
  defineFact(
    'the names that are free for k3s',
    async (host) => {
      const stats = await host.stat(links)
      return links.filter((_, index) => {
        const stat = stats[index]
        return stat?.type === 'absent' || (stat?.type === 'link' && stat.target === 'k3s')
      })
    },
    { assumed: links },
  ),
)

/** Every folder on the way to one, below the first that every system has. */
export function foldersDownTo(path: string): readonly string[] {
  const parts = path.split('/').slice(1)
  const base = path.startsWith('/var/lib/') ? 2 : 1
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`).slice(base)
}
