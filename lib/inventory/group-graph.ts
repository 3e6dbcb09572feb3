import type { Located } from './located.ts'

/** A group while sources are being read. */
export interface DraftGroup {
  readonly name: string
  readonly hosts: Set<string>
  readonly children: Set<string>
  readonly parents: Set<string>
  readonly vars: Map<string, Located>
  priority: number
}

export interface DraftHost {
  readonly name: string
  readonly groups: Set<string>
  readonly vars: Map<string, Located>
}

/** Groups and hosts as the sources of an inventory add to them, in the order of their first mention. */
export class GroupGraph {
  readonly groups = new Map<string, DraftGroup>()
  readonly hosts = new Map<string, DraftHost>()

  constructor() {
    this.addGroup('all')
    this.addGroup('ungrouped')
    this.addChild('all', 'ungrouped')
  }

  addGroup(name: string): DraftGroup {
    const known = this.groups.get(name)
    if (known !== undefined) return known
    const group = {
      name,
      hosts: new Set<string>(),
      children: new Set<string>(),
      parents: new Set<string>(),
      vars: new Map<string, Located>(),
      priority: 1,
    }
    this.groups.set(name, group)
    return group
  }

  /** Makes one group a child of the other, unless that would close a circle; tells whether it did. */
  addChild(parent: string, child: string): boolean {
    if (this.ancestorsOf(parent).has(child)) return false
    this.addGroup(parent).children.add(child)
    this.addGroup(child).parents.add(parent)
    return true
  }

  addHost(name: string, group: string): DraftHost {
    const host = this.hosts.get(name) ?? { name, groups: new Set<string>(), vars: new Map<string, Located>() }
    this.hosts.set(name, host)
    host.groups.add(group)
    this.addGroup(group).hosts.add(name)
    return host
  }

  /** Ends the reading: groups without a parent belong to `all`, hosts of a group are no longer `ungrouped`. */
  reconcile(): void {
    for (const group of this.groups.values()) {
      if (group.name !== 'all' && group.parents.size === 0) this.addChild('all', group.name)
    }
    for (const host of this.hosts.values()) {
      const isGrouped = [...host.groups].some((name) => name !== 'all' && name !== 'ungrouped')
      if (isGrouped) this.#leaveUngrouped(host)
      else this.addHost(host.name, 'ungrouped')
    }
  }

  /** The hosts of a group: its own, then its children's, level by level. */
  hostsOf(name: string): readonly string[] {
    const hosts = new Set<string>()
    const seen = new Set<string>()
    for (let level = [name]; level.length > 0;) {
      const groups = level.filter((group) => !seen.has(group)).map((group) => this.addGroup(group))
      for (const group of groups) {
        seen.add(group.name)
        for (const host of group.hosts) hosts.add(host)
      }
      level = groups.flatMap((group) => [...group.children])
    }
    return [...hosts]
  }

  /** The group and all that it is a part of. */
  ancestorsOf(name: string): ReadonlySet<string> {
    const found = new Set<string>()
    const queue = [name]
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (found.has(next)) continue
      found.add(next)
      queue.push(...this.addGroup(next).parents)
    }
    return found
  }

  /** The longest way from `all` down to each group. */
  depths(): ReadonlyMap<string, number> {
    const depths = new Map<string, number>([['all', 0]])
    const depthOf = (name: string): number => {
      const known = depths.get(name)
      if (known !== undefined) return known
      const depth = Math.max(-1, ...[...this.addGroup(name).parents].map(depthOf)) + 1
      depths.set(name, depth)
      return depth
    }
    for (const name of this.groups.keys()) depthOf(name)
    return depths
  }

  #leaveUngrouped(host: DraftHost): void {
    host.groups.delete('ungrouped')
    this.groups.get('ungrouped')?.hosts.delete(host.name)
  }
}
