import type { GroupGraph } from './group-graph.ts'
import { InventoryError, type Spot } from './inventory-error.ts'
import { didYouMean } from './nearest.ts'

interface Mention {
  readonly spot: Spot
  /** Where it is mentioned: `k3s:children`. */
  readonly section: string
  readonly parent?: string
}

/** Groups that one file mentions before it declares them; those that are never declared are an error. */
export class PendingGroups {
  readonly #graph: GroupGraph
  readonly #declared: Set<string>
  readonly #mentions = new Map<string, Mention[]>()

  constructor(graph: GroupGraph) {
    this.#graph = graph
    this.#declared = new Set(graph.groups.keys())
  }

  /** `[group]` or `[group:children]`; becomes a child of those that wait for it. */
  declare(group: string): void {
    this.#declared.add(group)
    for (const { parent, spot } of this.#mentions.get(group) ?? []) {
      if (parent !== undefined) this.#link(parent, group, spot)
    }
    this.#mentions.delete(group)
  }

  mention(group: string, section: string, spot: Spot, parent?: string): void {
    if (this.#declared.has(group)) return
    const mentions = this.#mentions.get(group) ?? []
    this.#mentions.set(group, [...mentions, { spot, section, ...(parent !== undefined && { parent }) }])
  }

  addChild(parent: string, child: string, spot: Spot): void {
    if (this.#graph.groups.has(child)) this.#link(parent, child, spot)
    else this.mention(child, `${parent}:children`, spot, parent)
  }

  end(): void {
    for (const [group, [mention]] of this.#mentions) {
      if (mention === undefined) continue
      throw new InventoryError(
        mention.spot,
        `expected a group that is declared, found "${group}" in [${mention.section}]`,
        `${didYouMean(group, this.#declared)} Or declare it with [${group}], even if no host stands under it.`,
      )
    }
  }

  #link(parent: string, child: string, spot: Spot): void {
    if (child !== 'all' && this.#graph.addChild(parent, child)) return
    const why = child === 'all' ? 'every group belongs to all' : `${parent} belongs to ${child} already`
    throw new InventoryError(
      spot,
      `"${child}" cannot be a child of "${parent}": ${why}`,
      'Remove one of the two.',
    )
  }
}
