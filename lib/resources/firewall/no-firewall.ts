import { sh } from '../../host/command.ts'
import { defineResource, type Resource } from '../../task/kind.ts'
import { inactiveNftables } from './inactive-nftables.ts'
import { isUfwEnabled, ufwFiles } from './ufw.ts'
import { unit } from '../unit/unit.ts'

type UfwActivity = { readonly is: 'active' | 'inactive' }

/** Its unit says nothing of whether it is active: it ends at once, and is enabled in any case. */
const inactiveUfw = defineResource('inactiveUfw', {
  make: () => ({ key: 'ufw', ref: null, spec: {} }),

  async read(host, refs: readonly null[]) {
    const [config] = await host.readFiles([ufwFiles[0]])
    const state: UfwActivity = { is: isUfwEnabled(config?.toString()) ? 'active' : 'inactive' }
    return refs.map(() => state)
  },

  want: (): UfwActivity => ({ is: 'inactive' }),

  async apply(host, _, { from, to }) {
    if (from.is === to.is) return
    await host.exec(to.is === 'active' ? sh`ufw --force enable` : sh`ufw disable`)
  },

  claim: () => ['firewall:ufw'],
})

/**
 * Neither firewalld nor ufw nor what nftables.service loads is active, now and after a boot; their rules stay for the
 * day they are. What else filters is left alone. Several resources, to be spread into a task.
 */
export function noFirewall(): readonly Resource[] {
  const firewalld = unit({ name: 'firewalld', state: 'stopped', ifInstalled: true })
  return [firewalld, inactiveUfw({}), inactiveNftables({})]
}
