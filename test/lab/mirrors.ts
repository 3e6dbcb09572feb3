import { command } from './command.ts'

export type Release = 'bookworm' | 'trixie'

/** The sources of a Debian release, on the mirrors that this machine's own apt uses. */
export async function aptSources(release: Release): Promise<readonly string[]> {
  const targets = await indexes('$(REPO_URI) $(CODENAME) $(ORIGIN)')
  const [own] = (await command('sh', ['-c', '. /etc/os-release; echo "$VERSION_CODENAME"'])).split('\n')
  const sources = targets.split('\n').flatMap((line) => {
    const [uri = '', codename = '', origin] = line.split(' ')
    const pocket = codename.replace(own || 'sid', '')
    if (origin !== 'Debian' || !['', '-updates', '-security'].includes(pocket)) return []
    return [`deb ${plain(uri)} ${release}${pocket} main`]
  })
  if (sources.length === 0)
    throw new Error(
      'The lab takes its packages from the Debian mirrors of this machine, and apt knows none here: ' +
        '`apt-get indextargets` lists no index with the origin Debian. Run `apt-get update` on a Debian machine.',
    )
  return [...new Set(sources)]
}

/** The mirrors as this machine reaches them, each with the address under which hosts ask for it. */
export async function mirrors(): Promise<readonly { readonly asked: string; readonly upstream: string }[]> {
  const targets = await indexes('$(REPO_URI) $(ORIGIN)')
  const uris = targets.split('\n').flatMap((line) => (line.endsWith(' Debian') ? [line.slice(0, -7)] : []))
  return [...new Set(uris)].map((upstream) => ({ asked: plain(upstream), upstream }))
}

/** What this machine tells its apt about the age of lists; a frozen mirror needs it in the hosts, too. */
export async function aptSettings(): Promise<string> {
  const settings = await command('apt-config', ['dump'])
  return settings
    .split('\n')
    .filter((line) => line.startsWith('Acquire::Check-'))
    .map((line) => `${line}\n`)
    .join('')
}

/** The proxy this machine itself has to use to reach its mirrors. */
export async function upstreamProxy(): Promise<string | undefined> {
  const said = await command('sh', [
    '-c',
    'eval "$(apt-config shell proxy Acquire::http::Proxy)"; echo "$proxy"',
  ])
  return said.trim() || undefined
}

// Hosts ask the package proxy without TLS; it uses what the mirror wants.
const plain = (uri: string) => uri.replace(/^https:/, 'http:').replace(/\/$/, '')

async function indexes(format: string): Promise<string> {
  const ask = () => command('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'])
  const known = await ask()
  if (known.trim() !== '') return known
  await command('apt-get', ['update'])
  return ask()
}
