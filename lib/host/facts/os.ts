import { defineFact } from '../fact.ts'

export interface Os {
  /** `ID` of os-release: debian, rocky … */
  readonly id: string
  /** `VERSION_ID`, as written: 12, 9.4. */
  readonly version: string
  /** Which family of distributions it belongs to; it decides on package tools and paths. */
  readonly family: 'debian' | 'redhat' | 'other'
}

const families = {
  debian: ['debian', 'ubuntu'],
  redhat: ['rhel', 'fedora', 'centos', 'rocky', 'almalinux', 'openeuler'],
} as const

/** Which system runs on the host, from os-release. */
export const os = defineFact(
  'the operating system',
  async (host): Promise<Os> => {
    const [text] = await host.readFiles(['/etc/os-release'])
    if (text === undefined)
      throw new Error(`${host.name} has no /etc/os-release, so its system cannot be told.`)
    return parseOsRelease(text.toString())
  },
  { lasting: true, assumed: { id: 'debian', version: '12', family: 'debian' } },
)

/** Reads os-release: assignments as for a shell, of which only plain quoting occurs. */
export function parseOsRelease(text: string): Os {
  const values = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, key, value] = /^([A-Z_]+)=["']?(.*?)["']?$/.exec(line.trim()) ?? []
    if (key !== undefined && value !== undefined) values.set(key, value)
  }
  const id = values.get('ID') ?? ''
  const relatives = new Set([id, ...(values.get('ID_LIKE') ?? '').split(/\s+/)])
  const family = families.debian.some((name) => relatives.has(name))
    ? 'debian'
    : families.redhat.some((name) => relatives.has(name))
      ? 'redhat'
      : 'other'
  return { id, version: values.get('VERSION_ID') ?? '', family }
}
