import type { Hash, Host, HostReader } from '../../host/host.ts'
import { systemFile } from '../../host/root-owned.ts'
import { nearest } from '../../inventory/nearest.ts'
import { defineResource, type Change, type Reading } from '../../task/kind.ts'
import { NotYet, TaskFailed } from '../../task/outcome.ts'
import { readWord, writeWord, type AsItIs } from '../text/word-file.ts'

export interface TimezoneArgs {
  /** As the zone database has it: `UTC`, `Europe/Berlin`. */
  readonly name: string
}

type Ref = { readonly zone: string }

export type TimezoneState = {
  /** `zone`: a link to one; `copy`: a copy of one, whose name nobody knows; `utc`: nothing is set, which means UTC. */
  readonly is: 'zone' | 'copy' | 'utc'
  readonly zone?: string
  /** What a copy holds. */
  readonly copied?: Hash
  /** What /etc/timezone says, where there is that file; timedatectl forgets it. */
  readonly named: string | null
  readonly hint?: {
    /** How the link is written. */
    readonly target?: string
    readonly file?: AsItIs
    /** Why the zone that is wanted cannot be set. */
    readonly lacks?: { readonly what: 'data' | 'zone'; readonly meant?: string }
  }
}

/** One zone with two names. */
const utc = /^(?:Etc\/)?UTC$/
const paths = { link: '/etc/localtime', name: '/etc/timezone', data: '/usr/share/zoneinfo' } as const

/** The time zone of the host; what runs already keeps its own until it is restarted, cron not least. */
export const timezone = defineResource('timezone', {
  make({ name }: TimezoneArgs) {
    if (!/^[A-Za-z0-9_+-]+(?:\/[A-Za-z0-9_+-]+)*$/.test(name)) {
      throw new TypeError(`${JSON.stringify(name)} is no name of a time zone, such as UTC or Europe/Berlin.`)
    }
    return { key: 'own', ref: { zone: name }, spec: { name } }
  },

  read: (host, refs: readonly Ref[]) => Promise.all(refs.map((ref) => readZone(host, ref))),

  want(actual: TimezoneState, { name }): TimezoneState {
    const { hint, named } = actual
    if (actual.is === 'utc' && utc.test(name)) return actual
    const wanted: TimezoneState = { is: 'zone', zone: name, named: named === null ? null : name }
    if (hint?.lacks?.what === 'data') {
      throw new NotYet('There is no time zone data: the package tzdata is missing.', wanted)
    }
    if (hint?.lacks?.what === 'zone') {
      const { meant } = hint.lacks
      throw new TaskFailed(`There is no time zone ${name} in ${paths.data}.`, {
        advice: meant === undefined ? `Choose one of ${paths.data}.` : `Did you mean "${meant}"?`,
      })
    }
    const fits = (zone = '') => zone === name || (utc.test(name) && utc.test(zone))
    return fits(actual.zone) && (named === null || fits(named)) ? actual : wanted
  },

  apply: moveZone,

  claim: () => [`path:${paths.link}`, `path:${paths.name}`],

  digest: ({ is, zone, copied }) => zone ?? copied ?? is,
})

async function readZone(host: HostReader, { zone }: Ref): Promise<Reading<TimezoneState>> {
  const [[link, file, data], name] = await Promise.all([
    host.stat([paths.link, `${paths.data}/${zone}`, paths.data]),
    readWord(host, paths.name),
  ])
  const lacks = file?.type !== 'absent' ? {} : { lacks: await lacking(host, zone, data?.type === 'absent') }
  const hint = { file: name.is, ...lacks }
  const named = name.word
  if (link?.type === 'link') {
    const [, found = link.target] = /zoneinfo\/(.+)$/.exec(link.target) ?? []
    return { is: 'zone', zone: found, named, hint: { ...hint, target: link.target } }
  }
  if (link?.type === 'file') return { is: 'copy', copied: link.hash, named, hint }
  if (link?.type === 'absent') return { is: 'utc', named, hint }
  return new TaskFailed(`${paths.link} is a ${link?.type}, where a link to a time zone is wanted.`)
}

async function lacking(host: HostReader, zone: string, noData: boolean) {
  if (noData) return { what: 'data' as const }
  const [index] = await host.readFiles([`${paths.data}/tzdata.zi`])
  const meant = nearest(zone, zonesIn(index?.toString() ?? ''))
  return { what: 'zone' as const, ...(meant === undefined ? {} : { meant }) }
}

/** The zones and links of the database's own index. */
function zonesIn(index: string): readonly string[] {
  return [...index.matchAll(/^(?:Z (\S+)|L \S+ (\S+))/gm)].flatMap(([, zone, link]) => zone ?? link ?? [])
}

async function moveZone(host: Host, _: Ref, { from, to }: Change<TimezoneState>): Promise<void> {
  if (from.copied !== undefined && from.copied !== to.copied) {
    await host.preserve(from.copied, { path: paths.link })
  }
  const { copied, zone } = to
  if (copied !== undefined && copied !== from.copied) await host.writeFile(paths.link, copied, systemFile)
  else if (to.is === 'utc') await host.remove(paths.link)
  else if (zone !== undefined && zone !== from.zone)
    await host.makeLink(paths.link, to.hint?.target ?? `${paths.data}/${zone}`)
  if (to.named !== null || to.hint?.file !== undefined)
    await writeWord(host, paths.name, to.named, to.hint?.file)
}
