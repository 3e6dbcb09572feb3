import { locatedMap, sealPassword, type Located, type Variables } from '../inventory/located.ts'

/**
 * Lays levels of variables over each other, the later ones over the earlier ones. A role's map is merged key by key,
 * and `role.key` sets one key in it; everything else is replaced. All of it over what was merged before.
 */
export function mergeLevels(
  levels: readonly Variables[],
  roleNames: ReadonlySet<string>,
  before: Variables = new Map(),
): Variables {
  const merged = new Map<string, Located>(before)
  for (const level of levels) {
    for (const [name, value] of level) {
      const [role, key] = splitRole(name, roleNames)
      if (key !== undefined) setKeys(merged, role, locatedMap(new Map([[key, value]]), value.origin))
      else if (roleNames.has(name)) setKeys(merged, name, value)
      else merged.set(name, sealPassword(name, value))
    }
  }
  return merged
}

/** A role and a key in its map, where a name means that. */
export function splitRole(
  name: string,
  roleNames: ReadonlySet<string>,
): readonly [string, string | undefined] {
  const dot = name.indexOf('.')
  const role = name.slice(0, dot)
  return dot > 0 && roleNames.has(role) ? [role, name.slice(dot + 1)] : [name, undefined]
}

function setKeys(merged: Map<string, Located>, role: string, over: Located): void {
  const under = merged.get(role)
  // A role's name with nothing under it, all its keys commented out, takes nothing away.
  if (over.value === null) return
  if (under?.entries === undefined || over.entries === undefined) merged.set(role, over)
  else merged.set(role, locatedMap(new Map([...under.entries, ...over.entries]), over.origin))
}
