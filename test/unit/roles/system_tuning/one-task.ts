import { configuration, type ClusterConfiguration } from '../../../../lib/cluster/vars.ts'
import { tuning, type Tuning } from '../../../../lib/cluster/tuning.ts'
import { ownAddress } from '../../../../lib/host/facts/own-address.ts'
import { locate } from '../../../../lib/inventory/located.ts'
import { defineRole, type Role } from '../../../../lib/play/role.ts'
import { ask } from '../../../../lib/task/ask.ts'
import { readVars } from '../../../../lib/vars/schema.ts'
import type { TuningContext } from '../../../../roles/system_tuning/context.ts'
import { vars } from '../../../../roles/system_tuning/vars.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import type { FakeRunOptions } from '../../../support/fake-run.ts'
import { configurationOf } from '../../cluster/configuration.ts'

export type Family = keyof typeof families

export const families = {
  debian: { release: 'ID=debian\nVERSION_ID="12"\n', tools: 'apt' },
  redhat: { release: 'ID="rocky"\nID_LIKE="rhel"\nVERSION_ID="9.4"\n', tools: 'dnf' },
} as const

/** The role with a part of its tasks, whatever else it does. */
export function roleOf(tasks: (context: TuningContext) => Promise<void>): Role {
  const folder = new URL('../../../../roles/system_tuning', import.meta.url).pathname
  return defineRole({ name: 'system_tuning', folder, vars, shared: configuration, tasks })
}

/** Variables as group_vars with these settings would give them; hosts are asked for their addresses. */
export function given(
  own: { readonly [Name in keyof Tuning]?: unknown },
  shared: Parameters<typeof configurationOf>[0] = {},
): FakeRunOptions & { readonly vars: ClusterConfiguration & { readonly system_tuning: Tuning } } {
  const origin = { file: 'all.yml', line: 1, column: 1 }
  const values = readVars(tuning, locate('system_tuning', own, origin), ({ path, expected, found }) => {
    throw new TypeError(`${path.join('.')} wants a ${expected} and got ${found}.`)
  })
  return {
    vars: { system_tuning: values, ...configurationOf(shared) },
    member: (name) => ({ address: ask(name, ownAddress) }),
  }
}

/** A host of a family that is called so and says that it has this address. */
export function hostWith(name: string, address = '10.0.0.1', family: Family = 'debian'): FakeHost {
  const host = new FakeHost(name, { family: families[family].tools })
  host.files.write('/etc/os-release', families[family].release)
  host.files.write('/etc/hostname', `${name}\n`)
  host.files.write('/proc/sys/kernel/hostname', `${name}\n`)
  host.files.write('/etc/hosts', `127.0.0.1\tlocalhost\n127.0.1.1\t${name}.example.com ${name}\n`)
  host.on(
    'ip -4 -o addr show scope global',
    `2: eth0    inet ${address}/24 brd 10.0.0.255 scope global eth0\n`,
  )
  return host
}

/** What went wrong in a run, or was found out, as text. */
export function troubleIn({ events }: { readonly events: readonly object[] }): string {
  return events
    .filter((event) => /"status":"failed"|"type":"finding"/.test(JSON.stringify(event)))
    .map((event) => JSON.stringify(event))
    .join('\n')
}
