import { UserError } from '../../lib/errors.ts'
import type { Choice, Confirmation, Roster } from '../../lib/play/playbook.ts'
import type { EtcdVars } from './vars.ts'
import { booleanOf } from '../../lib/vars/scalar-schemas.ts'

/** The hosts that are to leave, as `-e node=NAME,NAME` names them; none where it is not given. */
export function leavingOf(roster: Roster): readonly string[] {
  const known = roster.group('etcd').map(({ name }) => name)
  const given = roster
    .group('all')
    .map(({ vars }) => vars['node'])
    .find((value) => value !== undefined)
  const names = (typeof given === 'string' ? given : (JSON.stringify(given) ?? ''))
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length === 0) return names
  throw new UserError(
    `No host of the group etcd is called ${unknown.join(', ')}.`,
    `Give a name that the group has, and leave the host in it until it is out: ${known.join(', ')}.`,
  )
}

/** They are lost for good: nothing is to be cleaned on them. */
export function areGone(roster: Roster): boolean {
  return roster.group('all').some(({ vars }) => booleanOf(vars['node_is_gone']) === true)
}

export const staying: Choice = (roster) => {
  const leaving = leavingOf(roster)
  return roster
    .group('etcd')
    .map(({ name }) => name)
    .filter((name) => !leaving.includes(name))
}

/** Those that leave and can be cleaned. */
export const cleaned: Choice = (roster) => (areGone(roster) ? [] : leavingOf(roster))

/** Hosts that ask etcd with a certificate of their own: API servers. */
export const clients: Choice = (roster) => roster.group('server').map(({ name }) => name)

/** What is typed before all data are replaced. */
export function nameOfStore(roster: Roster): Confirmation {
  const cluster = roster.group('all')[0]?.vars['cluster'] as { readonly name: string } | undefined
  const answer = cluster?.name ?? 'unnamed'
  const hosts = roster.group('etcd').map(({ name }) => name)
  return {
    question: `This replaces all that etcd holds on ${hosts.join(', ')} by a backup. Type the name of the cluster, ${answer}, to go on:`,
    answer,
    variable: 'confirm',
  }
}

/** The hosts of the group etcd, where they are what keeps the state of the cluster. */
export const ownHosts: Choice = (roster) => {
  return roster.group('etcd').flatMap(({ name, vars }) => {
    return (vars['etcd'] as Partial<EtcdVars> | undefined)?.type === 'hosts' ? [name] : []
  })
}
