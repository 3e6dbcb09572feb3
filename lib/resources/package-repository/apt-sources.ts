/** Where packages of apt come from. */
export interface AptSource {
  readonly uris: readonly string[]
  /** `bookworm`, or a path that ends with a slash where there are no components: `/`. */
  readonly suites: readonly string[]
  readonly components?: readonly string[]
  readonly architectures?: readonly string[]
  /** Its lists count though nobody has signed them: for a mirror on the network of the cluster. */
  readonly trusted?: boolean
  /** What is preferred to other repositories, or less than they are. Default: nothing is said. */
  readonly pin?: { readonly priority: number; readonly packages?: readonly string[] }
}

/** One source as another file has it: where it stands, and the line. */
export interface Elsewhere {
  readonly file: string
  readonly line: string
}

/** The text of a `.sources` file. */
export function sourcesText(source: AptSource, key: string | undefined): string {
  const fields: readonly (readonly [string, readonly string[] | undefined])[] = [
    ['Types', ['deb']],
    ['URIs', source.uris],
    ['Suites', source.suites],
    ['Components', source.components],
    ['Architectures', source.architectures],
    ['Trusted', source.trusted === true ? ['yes'] : undefined],
    ['Signed-By', key === undefined ? undefined : [key]],
  ]
  return fields
    .flatMap(([name, words]) => (words === undefined ? [] : [`${name}: ${words.join(' ')}\n`]))
    .join('')
}

/** The text of a preferences file. */
export function pinText({ uris, pin }: AptSource): string | undefined {
  if (pin === undefined) return undefined
  const packages = (pin.packages ?? ['*']).join(' ')
  const hosts = [...new Set(uris.map((uri) => new URL(uri).hostname))]
  const stanzas = hosts.map(
    (host) => `Package: ${packages}\nPin: origin "${host}"\nPin-Priority: ${pin.priority}\n`,
  )
  return stanzas.join('\n')
}

/** What the names of the lists of a source begin with, one for each URI and suite. */
export function listPrefixes({ uris, suites }: Pick<AptSource, 'uris' | 'suites'>): readonly string[] {
  return uris.flatMap((uri) =>
    suites.map((suite) => {
      const base = uri.replace(/^[a-z+]+:(?:\/\/)?/, '').replace(/\/*$/, '/')
      if (suite === '/') return fileName(base)
      return fileName(suite.endsWith('/') ? `${base}${suite}` : `${base}dists/${suite}/`)
    }),
  )
}

/** Those of these files that are lists with that beginning. */
export function listsOf(prefix: string, files: readonly string[]): readonly string[] {
  // Below a flat repository there may be others, whose lists are told by their further parts.
  const isFlat = !prefix.includes('_dists_')
  return files.filter(
    (file) => file.startsWith(prefix) && !(isFlat && file.slice(prefix.length).includes('_')),
  )
}

/** Whether one of these lists says what there is. */
export function isFetched(prefix: string, files: readonly string[]): boolean {
  return listsOf(prefix, files).some((file) =>
    /^(?:(?:In)?Release|Packages(?:\.\w+)?)$/.test(file.slice(prefix.length)),
  )
}

/** Lines of the old form that name a source which is ours now. */
export function oneLiners(text: string, source: Pick<AptSource, 'uris' | 'suites'>): readonly Elsewhere[] {
  return lines(text).filter(({ file, line }) => {
    const found = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(?<uri>\S+)\s+(?<suite>\S+)/.exec(line)?.groups
    return (
      file.endsWith('.list') &&
      found !== undefined &&
      names(source, [found['uri'] ?? ''], [found['suite'] ?? ''])
    )
  })
}

/** Files of the new form, other than our own, that name a source which is ours. */
export function otherSources(
  text: string,
  own: string,
  source: Pick<AptSource, 'uris' | 'suites'>,
): readonly string[] {
  const byFile = new Map<string, string[]>()
  for (const { file, line } of lines(text)) byFile.set(file, [...(byFile.get(file) ?? []), line])
  return [...byFile].flatMap(([file, content]) => {
    if (!file.endsWith('.sources') || file === own) return []
    const stanzas = content.join('\n').split(/\n\s*\n/)
    const words = (stanza: string, field: string) =>
      new RegExp(`^${field}:(.*)$`, 'im').exec(stanza)?.[1]?.trim().split(/\s+/) ?? []
    const isOn = (stanza: string) => words(stanza, 'Enabled')[0] !== 'no'
    const same = (stanza: string) => names(source, words(stanza, 'URIs'), words(stanza, 'Suites'))
    return stanzas.some((stanza) => isOn(stanza) && same(stanza)) ? [file] : []
  })
}

function names(
  source: Pick<AptSource, 'uris' | 'suites'>,
  uris: readonly string[],
  suites: readonly string[],
): boolean {
  const plain = (uri: string) => uri.replace(/\/*$/, '')
  const sameUri = uris.some((uri) => source.uris.map(plain).includes(plain(uri)))
  return sameUri && suites.some((suite) => source.suites.includes(suite))
}

/** As grep writes them: the file, a colon, the line. */
function lines(text: string): readonly Elsewhere[] {
  const all = text.split('\n').filter((line) => line.includes(':'))
  return all.map((line) => ({
    file: line.slice(0, line.indexOf(':')),
    line: line.slice(line.indexOf(':') + 1),
  }))
}

/** As apt names files after where they come from. */
function fileName(address: string): string {
  const quoted = address.replaceAll(/[\\|{}[\]<>"^~_=!@#$%&*\s]/g, (each) => {
    return `%${each.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
  return quoted.replaceAll('/', '_')
}
