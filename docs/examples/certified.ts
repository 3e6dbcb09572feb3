import { pki, storeOf } from '../../lib/pki/vars.ts'
import { defineRole } from '../../lib/play/role.ts'
import { directory } from '../../lib/resources/index.ts'
import { authority, certificate, trust } from '../../lib/resources/certificate/index.ts'
import { defineVars, oneOf } from '../../lib/vars/schema.ts'

const vars = defineVars({
  authorityStep: oneOf('introduce', 'switch', 'drop', {
    optional: true,
    doc: 'The step to take in replacing the authority.',
  }),
})

/** A host with a certificate of its own, for a program that serves others. */
export const certified = defineRole({
  name: 'certified',
  folder: import.meta.dirname,
  vars,
  shared: { pki },
  async tasks({ host, vars: { authorityStep }, shared, run, task }) {
    const { algorithm, authorityDays, leafDays, renewDays } = shared.pki
    const ours = { name: 'certified', store: storeOf(shared.pki, run) }
    await task(
      'Bring the certificate',
      directory({ path: '/etc/certified' }),
      authority({
        ...ours,
        commonName: 'certified',
        algorithm,
        days: authorityDays,
        step: authorityStep,
      }),
      trust({ path: '/etc/certified/ca.crt', authority: ours }),
      certificate({
        cert: '/etc/certified/server.crt',
        key: '/etc/certified/server.key',
        authority: ours,
        commonName: host.name,
        dns: [host.name],
        addresses: [host.address],
        usages: ['server'],
        algorithm,
        days: leafDays,
        renewDays,
      }),
    )
  },
})
