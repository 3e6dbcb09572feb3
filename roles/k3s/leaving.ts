import { UserError } from '../../lib/errors.ts'
import type { Choice, Confirmation, Roster } from '../../lib/play/playbook.ts'
import type { Member } from '../../lib/play/role.ts'
import { booleanOf } from '../../lib/vars/scalar-schemas.ts'
import { nodes, serversOf } from './roster.ts'

/** The hosts that are to leave, as `-e node=NAME,NAME` names them. */
export function leavingOf(roster: Roster): readonly Member[] {
  const all = roster.group('all')
  const known = () => nodes(roster)
  const given = all.map(({ vars }) => vars['node']).find((value) => value !== undefined)
  const names = (typeof given === 'string' ? given : (JSON.stringify(given) ?? ''))
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (names.length === 0) {
    throw new UserError(
      'It is not said which node is to leave.',
      `Give it by its name in the inventory: -e node=NAME, or -e node=NAME,NAME. There are ${known().join(', ')}.`,
    )
  }
  const unknown = names.filter((name) => !known().includes(name))
  if (unknown.length > 0) {
    throw new UserError(
      `No node of the inventory is called ${unknown.join(', ')}.`,
      `Give a name that the inventory has, and leave the host in it until it is removed: ${known().join(', ')}.`,
    )
  }
  return all.filter(({ name }) => names.includes(name))
}

/** Servers through which it can be done; where none stays, nothing of a cluster would. */
export function stayingOf(roster: Roster): readonly Member[] {
  const leaving = new Set(leavingOf(roster).map(({ name }) => name))
  const staying = serversOf(roster).filter(({ name }) => !leaving.has(name))
  if (staying.length > 0) return staying
  throw new UserError(
    'No server would stay, and the last one takes the cluster along.',
    'Leave one out of node; or take the whole cluster away: playbooks/reset.ts.',
  )
}

/** The hosts that leave are off for good: nothing is done on them. */
export function areGone(roster: Roster): boolean {
  return roster.group('all').some(({ vars }) => booleanOf(vars['node_is_gone']) === true)
}

export const stayingServers: Choice = (roster) => stayingOf(roster).map(({ name }) => name)

export const leavingHosts: Choice = (roster) =>
  areGone(roster) ? [] : leavingOf(roster).map(({ name }) => name)

/** Where the tuning goes, too: everywhere, unless `-e keep_tuning=true`. */
export const untuned: Choice = (roster) => {
  const keeps = ({ vars }: Member) => booleanOf(vars['keep_tuning']) === true
  const keeping = new Set(
    roster
      .group('all')
      .filter(keeps)
      .map(({ name }) => name),
  )
  return nodes(roster).filter((name) => !keeping.has(name))
}

/** What is asked before a cluster is taken away. */
export function nameOfCluster(roster: Roster): Confirmation {
  const cluster = roster.group('all')[0]?.vars['cluster'] as { readonly name: string } | undefined
  const answer = cluster?.name ?? 'unnamed'
  return {
    question: `This takes the cluster away from ${nodes(roster).join(', ')}, with all that it holds. Type its name, ${answer}, to go on:`,
    answer,
    variable: 'confirm',
  }
}
