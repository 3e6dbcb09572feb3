import type { Answer, Hash, Stat } from './host.ts'
import { quotedPath } from './paths.ts'

const separator = '--'

/** One look at many paths: a fork for all their attributes, one for all hashes, one for each link. */
export function statScript(paths: readonly string[]): string {
  return [
    `set -- ${paths.map(quotedPath).join(' ')}`,
    `LC_ALL=C stat -c '%F|%a|%U|%G|%n' -- "$@"`,
    `echo ${separator}`,
    'n=$#',
    'for p do if [ -f "$p" ] && [ ! -h "$p" ]; then set -- "$@" "$p"; fi; done',
    'shift $n',
    'if [ $# -gt 0 ]; then sha256sum -- "$@" || exit 1; fi',
    `echo ${separator}`,
    `for p in ${paths.map(quotedPath).join(' ')}; do if [ -h "$p" ]; then readlink -- "$p" || exit 1; fi; done`,
  ].join('\n')
}

/** Reads the script's answer; a path that could not be looked at is an error, not an absent one. */
export function parseStats(
  host: string,
  paths: readonly string[],
  { stdout, stderr }: Answer,
  hashOf: (sha256: string) => Hash,
  adviceOn: (said: string) => string | undefined = () => undefined,
): Stat[] {
  const refused = stderr
    .split('\n')
    .find((line) => line !== '' && !/No such file or directory|Not a directory/.test(line))
  if (refused !== undefined) {
    const advice = adviceOn(refused)
    throw new Error(
      `On ${host} a path cannot be looked at: ${refused}${advice === undefined ? '' : `\n${advice}`}`,
    )
  }
  const [attributes = [], hashes = [], links = []] = sections(stdout)
  const seen = new Map(attributes.map((line) => attributesOf(host, line)))
  const nextHash = hashes.values()
  const nextLink = links.values()
  const garbled = (path: string) =>
    new Error(`On ${host} what stands at ${path} cannot be told: it changed while it was looked at.`)
  return paths.map((path): Stat => {
    const found = seen.get(path)
    if (found === undefined) return { type: 'absent' }
    const { what, mode, owner, group } = found
    if (what.startsWith('regular')) {
      const [, sha256] = /^\\?([0-9a-f]{64}) /.exec(nextHash.next().value ?? '') ?? []
      if (sha256 === undefined) throw garbled(path)
      return { type: 'file', hash: hashOf(sha256), mode, owner, group }
    }
    if (what === 'directory') return { type: 'directory', mode, owner, group }
    if (what === 'symbolic link') {
      const target = nextLink.next().value
      if (target === undefined) throw garbled(path)
      return { type: 'link', target }
    }
    return { type: 'other', what }
  })
}

function sections(text: string): string[][] {
  const parts: string[][] = [[]]
  for (const line of text.split('\n')) {
    if (line === separator) parts.push([])
    else if (line !== '') parts.at(-1)?.push(line)
  }
  return parts
}

function attributesOf(
  host: string,
  line: string,
): [string, { what: string; mode: number; owner: string; group: string }] {
  const [what = '', mode = '', owner = '', group = '', ...path] = line.split('|')
  if (!/^[0-7]{1,4}$/.test(mode))
    throw new Error(`On ${host} stat answers what cannot be read: ${JSON.stringify(line)}`)
  return [path.join('|'), { what, mode: Number.parseInt(mode, 8), owner, group }]
}
