import { defineFact } from '../host/fact.ts'
import type { HostName } from './host-names.ts'

/** Where the names of the cluster stand, between markers that the tool before this one used as well. */
export const hostsFile = { path: '/etc/hosts', block: 'KubeXM Managed Block' } as const

/** What a host without the file gets: all that programs expect to find there. */
export const bareHosts = '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n'

/** The text of /etc/hosts; empty where there is no such file. */
export const hostsText = defineFact(
  `the content of ${hostsFile.path}`,
  async (host) => {
    const [text] = await host.readFiles([hostsFile.path])
    return text?.toString() ?? ''
  },
  { assumed: '' },
)

export interface HostsLine {
  readonly text: string
  readonly address: string
  readonly names: readonly string[]
  readonly comment: string
}

/** A line by which a host finds itself on its loopback, and what is left of it without those names. */
export interface LoopbackLine {
  readonly text: string
  /** Undefined where nothing is left. */
  readonly without: string | undefined
}

/** The file in two: our block, and what is everybody's. */
export function parseHosts(text: string): {
  readonly block: readonly HostsLine[]
  readonly rest: readonly HostsLine[]
} {
  const lines = text.split('\n')
  const end = lines.indexOf(`# END ${hostsFile.block}`)
  const begin = lines.slice(0, Math.max(end, 0)).lastIndexOf(`# BEGIN ${hostsFile.block}`)
  if (begin < 0) return { block: [], rest: lines.flatMap(parseLine) }
  const rest = lines.toSpliced(begin, end - begin + 1)
  return { block: lines.slice(begin + 1, end).flatMap(parseLine), rest: rest.flatMap(parseLine) }
}

/** The names of some lines. */
export function namesIn(lines: readonly HostsLine[]): readonly HostName[] {
  return lines.flatMap(({ text, address, names }) => {
    return names.map((name) => ({
      name: name.toLowerCase(),
      address,
      source: `the line "${text.trim()}" of ${hostsFile.path}`,
    }))
  })
}

/** The lines that lead these names to the loopback: what comes first in the file wins. */
export function loopbackLines(
  lines: readonly HostsLine[],
  names: readonly string[],
): readonly LoopbackLine[] {
  const isOurs = (name: string) => names.includes(name.toLowerCase())
  return lines.flatMap(({ text, address, names: all, comment }) => {
    if (!isLoopback(address) || !all.some(isOurs)) return []
    const left = all.filter((name) => !isOurs(name))
    const without = `${address}\t${left.join(' ')}${comment === '' ? '' : ` ${comment}`}`
    return [{ text, without: left.length === 0 ? undefined : without }]
  })
}

export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1'
}

function parseLine(text: string): readonly HostsLine[] {
  const cut = text.indexOf('#')
  const comment = cut < 0 ? '' : text.slice(cut)
  const words = text
    .slice(0, cut < 0 ? undefined : cut)
    .trim()
    .split(/\s+/)
  const [address = '', ...names] = words
  return names.length === 0 ? [] : [{ text, address, names, comment }]
}
