import type { Counts, Mode, Status } from './events.ts'
import { painted, wordFor, type Look } from './look.ts'
import { pad } from './text.ts'

export interface HostCounts {
  readonly host: string
  readonly counts: Counts
}

/** Ansible's recap, a line a host; what Ansible does not know stands behind: `unknown` under check, `reverted kept` where something went back. */
export function recapLines(hosts: readonly HostCounts[], mode: Mode, look: Look): readonly string[] {
  const goesBack = mode === 'revert' || hosts.some(({ counts }) => counts.reverted + counts.kept > 0)
  const rows = hosts.map(({ host, counts }) => ({ host, counts, cells: cells(counts, mode, goesBack) }))
  const nameWidth = Math.max(0, ...rows.map(({ host }) => host.length))
  const widths = (rows[0]?.cells ?? []).map((_, column) =>
    Math.max(...rows.map((row) => String(row.cells[column]?.count).length)),
  )
  return rows.map((row) => {
    const text = row.cells.map(({ name, count, status }, column) => {
      const cell = pad(`${name}=${count}`, name.length + 1 + (widths[column] ?? 0))
      return count > 0 && status !== undefined ? painted(status, cell, look) : cell
    })
    return `${painted(worst(row.counts), pad(row.host, nameWidth), look)} : ${text.join(' ').trimEnd()}`
  })
}

/** What the run came to, over all hosts. */
export function recapSentence(hosts: readonly HostCounts[], mode: Mode): string {
  const having = (status: Status) => hosts.filter(({ counts }) => counts[status] > 0).length
  const of = (count: number) => `${count} of ${hosts.length} host${hosts.length === 1 ? '' : 's'}`
  const parts = [
    ...(having('changed') > 0 ? [`${of(having('changed'))} ${wordFor('changed', mode)}`] : []),
    ...(having('unknown') > 0 ? [`${of(having('unknown'))} cannot be foretold in full`] : []),
    ...(having('reverted') > 0 ? [`${of(having('reverted'))} ${wordFor('reverted', mode)}`] : []),
    ...(having('kept') > 0
      ? [`${of(having('kept'))} ${mode === 'check' ? 'would keep' : 'kept'} something`]
      : []),
  ]
  return parts.length === 0
    ? `Nothing ${mode === 'check' ? 'to change' : 'was changed'}.`
    : `${parts.join(', ')}.`
}

interface Cell {
  readonly name: string
  readonly count: number
  readonly status?: Status
}

/** As in Ansible, a changed task is an ok one too. Nothing is ever ignored here, so that count stays 0. */
function cells(counts: Counts, mode: Mode, goesBack: boolean): readonly Cell[] {
  const own = (status: Status): Cell => ({ name: status, count: counts[status], status })
  return [
    { name: 'ok', count: counts.ok + counts.changed, status: 'ok' },
    ...(['changed', 'unreachable', 'failed', 'skipped', 'rescued'] as const).map(own),
    { name: 'ignored', count: 0 },
    ...(mode === 'check' ? [own('unknown')] : []),
    ...(goesBack ? [own('reverted'), own('kept')] : []),
  ]
}

function worst(counts: Counts): Status {
  if (counts.failed > 0 || counts.unreachable > 0) return 'failed'
  return counts.changed > 0 || counts.reverted > 0 ? 'changed' : 'ok'
}
