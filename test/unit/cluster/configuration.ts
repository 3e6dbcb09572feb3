import { configuration, type ClusterConfiguration } from '../../../lib/cluster/vars.ts'
import { locate } from '../../../lib/inventory/located.ts'
import { readVars, type Vars } from '../../../lib/vars/schema.ts'

type Settings = { readonly [Name in keyof ClusterConfiguration]?: Readonly<Record<string, unknown>> }

/** The configuration of a cluster as group_vars with these settings would give it. */
export function configurationOf(settings: Settings): ClusterConfiguration {
  const origin = { file: 'all.yml', line: 1, column: 1 }
  const entries = Object.entries(configuration as Readonly<Record<string, Vars>>).map(([name, vars]) => {
    const found = locate(name, settings[name as keyof Settings] ?? {}, origin)
    const read = readVars(vars, found, ({ path, expected, found: wrong }) => {
      throw new TypeError(`${name}.${path.join('.')} wants a ${expected} and got ${wrong}.`)
    })
    return [name, read]
  })
  return Object.fromEntries(entries) as unknown as ClusterConfiguration
}
