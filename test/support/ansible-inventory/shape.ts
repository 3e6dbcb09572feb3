import type { Random } from '../fuzz/random.ts'

const hosts = [
  'h1',
  'h2',
  'web01',
  'web02',
  'web10',
  'dba',
  'dbb',
  'node1.example.com',
  '10.0.0.1',
  '10.0.0.2',
  'fe80::1',
  'under_score',
  'UPPER',
  'é1',
]
const groups = ['web', 'db', 'a', 'b', 'z9', 'c-d', 'dc.one', 'Web', 'empty']

/** The names that a case has to do with, few enough to meet each other again. */
export class Shape {
  readonly hosts: readonly string[]
  /** A group may have those behind it as children, so there is no circle. */
  readonly groups: readonly string[]
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
    this.groups = some(random, groups, 2)
    // Now and then a host is called like a group.
    const namesake = random.once(6) ? this.groups.slice(0, 1) : []
    this.hosts = [...namesake, ...some(random, hosts, 3)]
  }

  host(): string {
    return this.#random.pick(this.hosts)
  }

  group(): string {
    return this.#random.pick(this.groups)
  }

  /** A parent and a child of it. */
  kinship(): readonly [string, string] | undefined {
    const parent = this.#random.below(this.groups.length)
    const children = this.groups.slice(parent + 1)
    return children.length === 0 ? undefined : [this.groups[parent] ?? '', this.#random.pick(children)]
  }

  /** A host as an inventory may write it, perhaps a range of them. */
  pattern(): string {
    const random = this.#random
    return random.once(3)
      ? random.pick([
          'web[01:03]',
          'web[1:9:3]',
          'db[a:c]',
          'y[:2]',
          'n[08:11]',
          'r[1:2]s[a:b]',
          '10.0.0.[1:3]',
          'h[1:2]',
          'L[a:e:2]',
          'h[0:1].example.com',
          'X[A:C]',
        ])
      : this.host()
  }
}

function some(random: Random, all: readonly string[], least: number): readonly string[] {
  const shuffled = all.map((name) => ({ name, at: random.below(1_000_000) })).toSorted((a, b) => a.at - b.at)
  return shuffled.slice(0, least + random.below(all.length - least)).map(({ name }) => name)
}
