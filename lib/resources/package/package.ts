import type { Host } from '../../host/host.ts'
import { defineResource, type Change } from '../../task/kind.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { putIn, takeOut } from './moves.ts'
import { readPackages, refOf, wantedPackage, type Aim, type PackageState } from './state.ts'
import { checkName, toolOf } from './tools.ts'

export type { PackageState } from './state.ts'

export interface PackageArgs extends Aim {
  readonly name: string
}

interface Named {
  readonly name: string
}

/** A package of the system's own tool, apt or dnf; a revert also removes what came along with it. */
export const osPackage = defineResource('package', {
  make(args: PackageArgs) {
    return { key: args.name, ref: refOf(checkName(args.name), args), spec: args }
  },

  read: readPackages,

  want: (actual: PackageState, { name, ...aim }): PackageState => wantedPackage(name, actual, aim),

  apply: (host, { name }, change) => movePackages(host, [name], { [name]: change }),

  claim: ({ name }) => [`package:${name}`],

  oneWay: (change, { name }) => noWayBack(name, change),
})

/** Brings packages that go together to their states: one transaction puts in, and one takes out, all that has to. */
export async function movePackages(
  host: Host,
  all: readonly string[],
  changes: Readonly<Record<string, Change<PackageState>>>,
): Promise<void> {
  const each = Object.entries(changes).map(([name, change]) => ({ name, ...change }))
  const half = each.find(({ to }) => to.is === 'half')
  if (half !== undefined) throw new TaskFailed(`${half.name} was half installed; that cannot be put back.`)
  // What is gone already may have left something behind.
  const leaving = each.filter(({ to }) => to.is !== 'installed')
  const arriving = each.filter(
    ({ from, to }) => to.is === 'installed' && (from.is !== 'installed' || from.version !== to.version),
  )
  // What is held would not move.
  const moving = [...leaving, ...arriving]
  const freed = each.filter(
    (one) => heldIn(one.from) === true && (moving.includes(one) || heldIn(one.to) === false),
  )
  await hold(host, freed, false)
  if (arriving.length > 0) {
    const asked = arriving.map(({ name, to }) => ({ name, version: versionOf(to) }))
    const isNew = arriving.some(({ from }) => from.is !== 'installed')
    await putIn(host, all, asked, isNew)
  }
  if (leaving.length > 0) {
    const purged = leaving.filter(({ to }) => to.is === 'absent')
    await takeOut(host, all, namesOf(leaving), namesOf(purged))
  }
  const kept = each.filter(
    (one) => heldIn(one.to) === true && (heldIn(one.from) !== true || moving.includes(one)),
  )
  await hold(host, kept, true)
}

/** Why a change of a package cannot be undone, when it cannot. */
export function noWayBack(name: string, { from, to }: Change<PackageState>): string | undefined {
  if (from.is === 'half') return `${name} was half installed before.`
  if (from.is !== 'installed' || from.hint?.available !== false) return undefined
  if (to.is === 'installed' && to.version === from.version) return undefined
  return `No repository has version ${from.hint.version} of ${name} any more.`
}

async function hold(host: Host, packages: readonly Named[], held: boolean): Promise<void> {
  if (packages.length === 0) return
  const tool = await toolOf(host)
  await tool.hold(host, namesOf(packages), held)
}

function namesOf(packages: readonly Named[]): readonly string[] {
  return packages.map(({ name }) => name)
}

function versionOf(state: PackageState): string | undefined {
  return state.is === 'installed' ? state.version : undefined
}

function heldIn(state: PackageState): boolean | undefined {
  return state.is === 'installed' ? state.held : undefined
}
