import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Random } from '../fuzz/random.ts'
import { iniText } from './ini-text.ts'
import { extraFor, limitFor, patternFor } from './pattern.ts'
import { scriptText } from './script-text.ts'
import { Shape } from './shape.ts'
import { varsTree } from './vars-tree.ts'
import { yamlText } from './yaml-text.ts'

/** An inventory on disk with all that is asked of it. */
export interface Case {
  readonly sources: readonly string[]
  readonly playbookFolder: string
  readonly extra: readonly string[]
  readonly patterns: readonly string[]
  readonly limits: readonly string[]
}

/** A range in a list of hosts, with what it comes to. */
const ranges = [
  { written: 'web[01:03]', hosts: 'web01,web02,web03' },
  { written: 'db[a:b]', hosts: 'dba,dbb' },
  { written: 'h[1:9:4].dc', hosts: 'h1.dc,h5.dc,h9.dc' },
] as const

/** A source without ranges in a list, which Ansible does not know. */
export function writtenOut(source: string): string {
  if (!isList(source)) return source
  return ranges.reduce((list, { written, hosts }) => list.replaceAll(written, hosts), source)
}

/** Whether a source of a case is a list with a range in it. */
export function hasRange(source: string): boolean {
  return isList(source) && writtenOut(source) !== source
}

const isList = (source: string) => source.endsWith(',')

type Write = (name: string, text: string, mode?: number) => string

/** Makes a case in a folder of its own. */
export function makeCase(random: Random, folder: string): Case {
  const write: Write = (name, text, mode = 0o644) => {
    const file = join(folder, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    chmodSync(file, mode)
    return file
  }
  const shape = new Shape(random)
  const sources = Array.from({ length: random.pick([1, 1, 1, 2, 3]) }, (_, index) =>
    source(random, shape, write, folder, random.once(2) ? 'inv' : `inv${index}`),
  )
  const places = new Set(sources.map((each) => (each.endsWith('/dir') ? each : dirname(each))))
  for (const place of places)
    if (place.startsWith(folder))
      varsTree(random, shape, (name, text) => write(join(place.slice(folder.length), name), text))
  varsTree(random, shape, (name, text) => write(join('play', name), text))
  mkdirSync(join(folder, 'play'), { recursive: true })
  return {
    sources,
    playbookFolder: join(folder, 'play'),
    extra: random.many(2, () => extraFor(random, (text) => write('extra.yml', text))),
    patterns: Array.from({ length: 6 }, () => patternFor(random, shape)),
    limits: random.many(3, () =>
      limitFor(random, shape, (text) => write(`limit${random.below(1000)}`, text)),
    ),
  }
}

function source(random: Random, shape: Shape, write: Write, folder: string, place: string): string {
  switch (random.below(10)) {
    case 0:
    case 1:
      return write(`${place}/hosts.${random.pick(['yml', 'yaml'])}`, yamlText(random, shape))
    case 2: {
      write(`${place}/dir/10-one`, iniText(random, shape))
      write(`${place}/dir/20-two.yml`, yamlText(random, shape))
      write(`${place}/dir/sub/more`, iniText(random, shape))
      write(
        `${place}/dir/${random.pick(['.hidden', 'old~', 'x.bak', 'x.ini', 'x.cfg', 'y.retry', 'README.md'])}`,
        'nobody\n',
      )
      return join(folder, place, 'dir')
    }
    case 3:
      return write(`${place}/script`, scriptText(random, shape), 0o755)
    case 4:
      return `${random.many(3, () => (random.once(6) ? random.pick(ranges).written : shape.host())).join(',')},`
    default:
      return write(`${place}/${random.pick(['hosts', 'hosts.ini', 'prod'])}`, iniText(random, shape))
  }
}
