import { configuration } from '../../../../lib/cluster/vars.ts'
import { ownAddress } from '../../../../lib/host/facts/own-address.ts'
import { defineRole, type Role } from '../../../../lib/play/role.ts'
import { ask } from '../../../../lib/task/ask.ts'
import type { TuningContext } from '../../../../roles/system_tuning/context.ts'
import { systemTuning } from '../../../../roles/system_tuning/index.ts'
import { vars } from '../../../../roles/system_tuning/vars.ts'
import type { FakeHost } from '../../../support/fake-host.ts'
import type { FakeRunOptions } from '../../../support/fake-run.ts'
import { hostOf, tuned, type Family, type Given } from './tuned.ts'

const byDefault = {
  hostname: 'inventory',
  etcHosts: 'managed',
  nameServers: 'managed',
  packages: 'managed',
  timeSync: 'managed',
} as const satisfies Given

/** The role with one of its tasks, whatever the others do by default. */
export function roleOf(tasks: (context: TuningContext) => Promise<void>): Role {
  const { name, folder } = systemTuning
  return defineRole({ name, folder, vars, shared: configuration, tasks })
}

/** Variables as they are by default, but for these; hosts are asked for their addresses. */
export function given(
  own: Given,
  shared: NonNullable<Parameters<typeof tuned>[1]>['shared'] = {},
): FakeRunOptions {
  const member = (name: string) => ({ address: ask(name, ownAddress) })
  return tuned({ ...byDefault, ...own }, { shared, member })
}

/** A host that is called so and says that it has this address. */
export function hostWith(name: string, address = '10.0.0.1', family: Family = 'debian'): FakeHost {
  const hosts = `127.0.0.1\tlocalhost\n127.0.1.1\t${name}.example.com ${name}\n`
  const names = {
    '/etc/hostname': `${name}\n`,
    '/proc/sys/kernel/hostname': `${name}\n`,
    '/etc/hosts': hosts,
  }
  const host = hostOf(family, names, name)
  host.on(
    'ip -4 -o addr show scope global',
    `2: eth0    inet ${address}/24 brd 10.0.0.255 scope global eth0\n`,
  )
  return host
}

/** What went wrong in a run, or was found out, as text. */
export function troubleIn({ events }: { readonly events: readonly object[] }): string {
  const texts = events.map((event) => JSON.stringify(event))
  return texts.filter((text) => /"status":"failed"|"type":"finding"/.test(text)).join('\n')
}
