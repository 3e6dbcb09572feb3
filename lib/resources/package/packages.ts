import { defineResource, type Change } from '../../task/kind.ts'
import type { Json } from '../../task/state.ts'
import { movePackages, noWayBack } from './package.ts'
import { readPackages, refOf, wantedPackage, type Aim, type PackageRef, type PackageState } from './state.ts'
import { checkName } from './tools.ts'

export interface PackagesArgs extends Aim {
  readonly names: readonly string[]
}

type Ref = { readonly packages: readonly PackageRef[] }

/** A field for each of them, so that what a human did to one leaves the others to a revert. */
export type PackagesState = { readonly is: 'packages'; readonly hint?: Json } & {
  readonly [name: string]: Json
}

/** Packages that move together, in one transaction: all at this version, all held, or none of them there. */
export const packages = defineResource('packages', {
  make({ names: given, ...aim }: PackagesArgs) {
    const names = [...new Set(given)].map(checkName).toSorted()
    if (names.length === 0) throw new TypeError('packages() needs the name of a package.')
    return {
      key: names.join('+'),
      ref: { packages: names.map((name) => refOf(name, aim)) },
      spec: { names, aim },
    }
  },

  async read(host, refs: readonly Ref[]) {
    const readings = await readPackages(
      host,
      refs.flatMap((ref) => ref.packages),
    )
    let at = 0
    return refs.map((ref) => {
      const own = readings.slice(at, (at += ref.packages.length))
      const failed = own.find((reading) => reading instanceof Error)
      if (failed !== undefined) return failed
      return Object.fromEntries([
        ['is', 'packages'],
        ...ref.packages.map(({ name }, index) => [name, own[index]]),
      ]) as PackagesState
    })
  },

  want(actual: PackagesState, { names, aim }): PackagesState {
    const wanted = names.map((name) => [name, wantedPackage(name, packageIn(actual, name), aim)])
    return { ...actual, ...(Object.fromEntries(wanted) as PackagesState), is: 'packages' }
  },

  async apply(host, ref, { from, to }) {
    const names = namesIn(ref)
    const changes = names.map((name) => [name, changeOf(name, { from, to })])
    await movePackages(host, names, Object.fromEntries(changes) as Record<string, Change<PackageState>>)
  },

  claim: (ref) => namesIn(ref).map((name) => `package:${name}`),

  oneWay(change, ref) {
    const reasons = namesIn(ref).flatMap((name) => noWayBack(name, changeOf(name, change)) ?? [])
    return reasons.length === 0 ? undefined : reasons.join(' ')
  },
})

function namesIn(ref: Ref): readonly string[] {
  return ref.packages.map(({ name }) => name)
}

function changeOf(name: string, { from, to }: Change<PackagesState>): Change<PackageState> {
  return { from: packageIn(from, name), to: packageIn(to, name) }
}

function packageIn(state: PackagesState, name: string): PackageState {
  return state[name] as PackageState
}
