import { createHash } from 'node:crypto'
import type { Answer } from '../../../lib/host/host.ts'
import { listPrefixes } from '../../../lib/resources/package-repository/apt-sources.ts'
import { changer, options, reader, refused, said, type Call, type Program, type Programs } from './answer.ts'
import type { FakeFiles } from './files.ts'
import type { FakePackages } from './packages.ts'

const notFound = (program: string) => reader(() => refused(`sh: 1: ${program}: not found`, 127))

/** The programs of one family of package tools; those of the other are not found. */
export function packageTools(packages: FakePackages, files: FakeFiles): Programs {
  const families = { apt: aptTools(packages, files), dnf: dnfTools(packages) }
  return ([program = '', ...rest]) => {
    if (program === 'command') {
      const name = rest.at(-1) ?? ''
      return reader(() => (name in families[packages.family] ? said(`/usr/bin/${name}\n`) : said('', 1)))
    }
    const other = families[packages.family === 'apt' ? 'dnf' : 'apt']
    const own = families[packages.family]
    if (program in other && !(program in own)) return notFound(program)
    return own[program]?.(rest)
  }
}

type Tools = Readonly<Record<string, (words: readonly string[]) => Program | undefined>>

function aptTools(packages: FakePackages, files: FakeFiles): Tools {
  return {
    'apt-get': (words) => updateOf(files, words) ?? aptGet(packages, words),
    'apt-cache': ([verb, ...names]) => {
      if (verb !== 'madison') return undefined
      return reader(() =>
        said(
          names
            .flatMap((name) =>
              packages
                .versions(name)
                .toReversed()
                .map((v) => `${name} | ${v} | deb\n`),
            )
            .join(''),
        ),
      )
    },
    'apt-mark': ([verb, ...names]) => {
      if (verb === 'showhold')
        return reader(() =>
          said(
            packages
              .held()
              .map((name) => `${name}\n`)
              .join(''),
          ),
        )
      if (verb === 'hold' || verb === 'unhold')
        return changer(() => (names.forEach((name) => packages.hold(name, verb === 'hold')), said('')))
      if (verb !== 'showauto') return undefined
      const automatic = names.filter((name) => packages.get(name)?.auto === true)
      return reader(() => said(automatic.map((name) => `${name}\n`).join('')))
    },
    dpkg: (words) => {
      if (words[0] === '--audit') return reader(() => said(packages.half().join('\n')))
      if (words.join(' ') === '--configure -a') {
        return changer(() => (packages.half().forEach((name) => packages.configure(name)), said('')))
      }
      return undefined
    },
    'dpkg-query': (words) => {
      const { values, rest } = options(words, ['-f'])
      return reader(() => dpkgQuery(packages, values.get('-f') ?? values.get('--showformat') ?? '', rest))
    },
    md5sum: (words) => {
      const { rest } = options(words, [])
      const there = () => rest.filter((path) => files.bytes(path) !== undefined)
      const sum = (path: string) =>
        createHash('md5')
          .update(files.bytes(path) ?? '')
          .digest('hex')
      return reader(() =>
        said(
          there()
            .map((path) => `${sum(path)}  ${path}\n`)
            .join(''),
          there().length < rest.length ? 1 : 0,
        ),
      )
    },
  }
}

/** An update for one file of sources: what an address with `dead` in it has cannot be fetched. */
function updateOf(files: FakeFiles, words: readonly string[]): Program | undefined {
  const only = words.find((word) => word.startsWith('Dir::Etc::sourcelist='))?.split('=')[1]
  if (only === undefined || !words.includes('update')) return undefined
  return changer(() => {
    const fields = (files.read(only) ?? '').split('\n').map((line) => line.split(': '))
    const field = (name: string) => fields.find(([key]) => key === name)?.[1]?.split(' ') ?? []
    const key = files.bytes(field('Signed-By')[0] ?? '/none')
    if (key?.includes('wrong') === true) return refused('W: GPG error: NO_PUBKEY 234654DA9A296436', 100)
    const source = { uris: field('URIs'), suites: field('Suites') }
    if (source.uris.some((uri) => uri.includes('dead')))
      return { ...refused('W: Failed to fetch it: 404 Not Found'), code: 0 }
    for (const prefix of listPrefixes(source)) {
      for (const list of ['InRelease', 'Packages'])
        files.write(`/var/lib/apt/lists/${prefix}${list}`, 'fetched')
    }
    return said('')
  })
}

function aptGet(packages: FakePackages, words: readonly string[]): Program | undefined {
  const { flags, rest } = options(words, ['-o'])
  const [verb, ...names] = rest
  if (flags.has('-s') && verb === 'autoremove') {
    return reader(() =>
      said(
        packages
          .unneeded()
          .map((name) => `Remv ${name} [1]\n`)
          .join(''),
      ),
    )
  }
  if (flags.has('-s') && verb === 'remove') {
    return reader(() =>
      said(
        names
          .flatMap((name) => packages.goingWith(name))
          .map((name) => `Remv ${name} [1]\n`)
          .join(''),
      ),
    )
  }
  if (flags.has('-s')) return undefined
  if (verb === 'update') return changer(() => ((packages.listsFetched = true), said('')))
  if (verb !== 'install' && verb !== 'remove' && verb !== 'purge') return undefined
  return changer(async (call) => {
    if (packages.half().length > 0)
      return refused(`E: dpkg was interrupted, you must run 'dpkg --configure -a'`, 100)
    return verb === 'install'
      ? installAll(packages, names, '=', call)
      : removeAll(packages, names, verb === 'purge')
  })
}

function dnfTools(packages: FakePackages): Tools {
  return {
    rpm: (words) => {
      const { values, flags, rest } = options(words, ['--qf'])
      if (flags.has('-e') && flags.has('--test')) return reader(() => testRemoval(packages, rest))
      const names = flags.has('-qa') ? packages.names() : rest
      return reader(() => {
        const lines = names.map((name) => {
          const found = packages.get(name)
          if (found === undefined) return `package ${name} is not installed\n`
          return filled(values.get('--qf') ?? '', { '%{NAME}': name, '%{EVR}': found.version })
        })
        return said(lines.join(''), names.filter((name) => packages.get(name) === undefined).length)
      })
    },
    dnf: (words) => {
      const { flags, values, rest } = options(words, ['--setopt', '--qf'])
      const [verb, ...names] = rest
      if (verb === 'repoquery') {
        const format = values.get('--qf') ?? ''
        const versions = (name: string) => packages.versions(name).map((version) => ({ name, version }))
        const found = flags.has('--unneeded')
          ? packages.unneeded().map((name) => ({ name, version: '' }))
          : names.flatMap(versions)
        return reader(() =>
          said(
            found.map(({ name, version }) => filled(format, { '%{name}': name, '%{evr}': version })).join(''),
          ),
        )
      }
      if (verb === 'versionlock') return versionlock(packages, names)
      if (verb === 'install' || verb === 'downgrade')
        return changer((call) => installAll(packages, names, '-', call))
      if (verb === 'remove') return changer(() => removeAll(packages, names, true))
      return undefined
    },
  }
}

/** The plugin, as where it is installed. */
function versionlock(packages: FakePackages, [verb, ...names]: readonly string[]): Program {
  const lock = (name: string) => `${name}-0:${packages.get(name)?.version}.*\n`
  if (verb === 'list') return reader(() => said(packages.held().map(lock).join('')))
  return changer(() => (names.forEach((name) => packages.hold(name, verb === 'add')), said('')))
}

function testRemoval(packages: FakePackages, names: readonly string[]): Answer {
  const others = names.flatMap((name) => packages.goingWith(name)).filter((other) => !names.includes(other))
  return others.length === 0
    ? said('')
    : refused(others.map((other) => `\tit is needed by (installed) ${other}`).join('\n'))
}

async function installAll(
  packages: FakePackages,
  wanted: readonly string[],
  separator: string,
  { step }: Call,
): Promise<Answer> {
  for (const word of wanted) {
    const at = [...word.matchAll(new RegExp(separator, 'g'))].map(({ index }) => index)
    const meant = (index: number) => packages.meant(word.slice(0, index), word.slice(index + 1))
    const cut = at.find((index) => packages.versions(word.slice(0, index)).includes(meant(index)))
    const name = cut === undefined ? word : word.slice(0, cut)
    const version = cut === undefined ? undefined : meant(cut)
    const problem = await packages.install(name, version, false, step)
    if (problem !== undefined) return refused(`E: ${problem}`, 100)
  }
  return said('')
}

function removeAll(packages: FakePackages, names: readonly string[], purge: boolean): Answer {
  for (const name of names) packages.remove(name, purge)
  return said('')
}

function dpkgQuery(packages: FakePackages, format: string, asked: readonly string[]): Answer {
  const names = asked.length === 0 ? packages.names() : asked
  const unknown = names.filter((name) => packages.get(name) === undefined)
  const lines = names.map((name) => {
    const found = packages.get(name)
    if (found === undefined) return ''
    return filled(format, {
      '${Package}': name,
      '${db:Status-Status}': found.status,
      '${Version}': found.version,
      '${Conffiles}': format.includes('${Conffiles}') ? packages.conffiles(name) : '',
    })
  })
  const stderr = unknown.map((name) => `dpkg-query: no packages found matching ${name}\n`).join('')
  return { code: unknown.length > 0 ? 1 : 0, stdout: lines.join(''), stderr }
}

function filled(format: string, fields: Readonly<Record<string, string>>): string {
  const unknown = /[$%]\{[\w:-]+\}/.exec(
    format.replaceAll(/[$%]\{[\w:-]+\}/g, (field) => (field in fields ? '' : field)),
  )
  if (unknown !== null) throw new Error(`The fake package tools know no field ${unknown[0]}.`)
  return format
    .replaceAll(/[$%]\{[\w:-]+\}/g, (field) => fields[field] ?? '')
    .replaceAll(String.raw`\n`, '\n')
    .replaceAll(String.raw`\t`, '\t')
}
