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
  const lines = [...text.matchAll(/^([A-Z_]+)=(["']?)(.*)\2$/gm)]
  const {
    ID = '',
    ID_LIKE = '',
    VERSION_ID = '',
  } = Object.fromEntries(lines.map(([, name = '', , value = '']) => [name, value]))
  const relatives = new Set(`${ID} ${ID_LIKE}`.toLowerCase().split(/\s+/))
  const family = families.debian.some((name) => relatives.has(name))
    ? 'debian'
    : families.redhat.some((name) => relatives.has(name))
      ? 'redhat'
      : 'other'
  return { id: ID, version: VERSION_ID, family }
}
