import type { Finding } from '../../lib/report/events.ts'
import type { Seen } from './cluster.ts'
import type { EtcdContext } from './context.ts'
import type { Refusal } from './course.ts'
import { whyNotFrom } from './releases.ts'

/** What a run is about: only an upgrade may bring another version, and only `create` may found a cluster. */
export type Aim = 'create' | 'change' | 'upgrade'

/** What speaks against touching the host, before anything is changed. */
export function judged(context: EtcdContext, seen: Seen, aim: Aim): readonly Finding[] {
  return [
    ...typeFindings(context),
    ...versionFindings(context, seen, aim),
    ...courseFindings(seen, aim),
    ...countFindings(context, seen),
    ...keyFindings(context),
  ]
}

/** Where a distribution brings its own, or somebody else does, a second one is a mistake. */
function typeFindings({ vars }: EtcdContext): readonly Finding[] {
  if (vars.type === 'hosts') return []
  return [
    fatal('etcd', {
      found: vars.type,
      wanted: 'hosts',
      message: `etcd.type is ${vars.type}, so that the cluster would not use these members.`,
      advice: 'Set etcd.type to hosts, if the hosts of the group etcd are to keep its state.',
    }),
  ]
}

function versionFindings({ host, vars }: EtcdContext, { own }: Seen, aim: Aim): readonly Finding[] {
  const { version } = vars
  if (version === undefined) {
    return [
      fatal('version', {
        found: 'none',
        wanted: 'a version, like 3.5.24',
        message: 'etcd.version is not given.',
        advice: 'Set etcd.version in group_vars.',
      }),
    ]
  }
  const runs = own.status?.version ?? own.version
  if (runs === undefined || runs === version) return []
  if (aim !== 'upgrade') {
    return [
      fatal('version', {
        found: runs,
        wanted: version,
        message: `${host.name} runs etcd ${runs}, and etcd.version is ${version}.`,
        advice: `Upgrade the cluster with playbooks/etcd.ts upgrade, or set etcd.version to ${runs}.`,
      }),
    ]
  }
  const why = whyNotFrom(runs, version)
  if (why === undefined) return []
  const message = `${host.name} cannot be upgraded: ${why}.`
  return [
    fatal('version', { found: runs, wanted: version, message, advice: 'Set etcd.version to the next step.' }),
  ]
}

function courseFindings({ course, name }: Seen, aim: Aim): readonly Finding[] {
  if (course.is === 'refused') return [refusal('cluster', 'This would not be one cluster of etcd', course)]
  if (aim === 'create') return []
  if (course.is === 'founds') {
    return [
      fatal('cluster', {
        found: 'no member that answers',
        wanted: 'a cluster that is well',
        message: 'There is no cluster of etcd to work on.',
        advice: 'Found it first: playbooks/etcd.ts create; or start its members.',
      }),
    ]
  }
  if (aim === 'upgrade' && course.is === 'joins') {
    return [
      fatal('cluster', {
        found: `${name} is no member`,
        wanted: 'members only, in an upgrade',
        message: `${name} is in the group etcd, and no member of the cluster.`,
        advice: 'Let it join first: playbooks/etcd.ts scale, with the version that the others have.',
      }),
    ]
  }
  return []
}

function countFindings({ host }: EtcdContext, { seats }: Seen): readonly Finding[] {
  if (seats.length % 2 === 1 || seats[0]?.name !== host.name) return []
  return [
    {
      check: 'quorum',
      class: 'warning',
      found: `${seats.length} members`,
      wanted: 'an odd number',
      message: `${seats.length} members bear the loss of no more than ${seats.length - 1} do.`,
      advice: 'Take one more or one less.',
    },
  ]
}

function keyFindings({ shared }: EtcdContext): readonly Finding[] {
  if (shared.pki.passphrase !== undefined) return []
  return [
    fatal('pki', {
      found: 'no pki.passphrase',
      wanted: 'what closes the key of the authority beside the inventory',
      message: 'The authority of etcd needs a passphrase for its key.',
      advice: 'Set pki.passphrase in group_vars, as a value of Ansible Vault or as ${PKI_PASSPHRASE}.',
    }),
  ]
}

export function refusal(check: string, what: string, { found, wanted, advice }: Refusal): Finding {
  return fatal(check, { found, wanted, message: `${what}: ${found}.`, advice })
}

export function fatal(check: string, rest: Omit<Finding, 'check' | 'class'>): Finding {
  return { check, class: 'fatal', ...rest }
}
