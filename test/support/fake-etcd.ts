import { sh } from '../../lib/host/command.ts'
import { defineFact } from '../../lib/host/fact.ts'
import type { Host, HostReader } from '../../lib/host/host.ts'
import { defineResource, type Change } from '../../lib/task/kind.ts'
import { FakeHost } from './fake-host.ts'
import type { Prepare } from './fake-run.ts'

type Standing = 'learner' | 'voter'
type MemberState = { readonly is: 'absent' } | { readonly is: Standing }
type Members = Readonly<Record<string, Standing>>

const list = sh`etcdctl member list`
const path = '/srv/members'

/** A member of a fake etcd, which any host with its client can ask and change. */
export const member = defineResource('fake member', {
  make: ({ name, atLeast }: { readonly name: string; readonly atLeast: Standing }) => ({
    key: name,
    ref: { name },
    spec: { atLeast },
  }),

  async read(host: HostReader, refs): Promise<MemberState[]> {
    const members = await membersFrom(host)
    return refs.map(({ name }) => ({ is: members[name] ?? 'absent' }))
  },

  want: (actual: MemberState, { atLeast }): MemberState => {
    return actual.is === 'voter' || actual.is === atLeast ? actual : { is: atLeast }
  },

  async apply(host: Host, { name }, { to }: Change<MemberState>) {
    // What was carried out by a peer that could not say so any more must not be done again.
    const now = (await membersFrom(host))[name]
    if (to.is === 'absent' && now !== undefined) await host.exec(sh`etcdctl member remove ${name}`)
    if (to.is !== 'absent' && now === undefined) await host.exec(sh`etcdctl member add ${name}`)
    if (to.is === 'voter' && now !== 'voter') await host.exec(sh`etcdctl member promote ${name}`)
  },

  claim: ({ name }) => [`member:${name}`],
})

/** The names of all members, as this host's client sees them. */
export const memberNames = defineFact('names of the members', async (host) => {
  return Object.keys(await membersFrom(host)).toSorted()
})

/** A host that is no part of a run: it stands for what the members store. */
export function etcdHost(members: Members): FakeHost {
  const host = new FakeHost('etcd')
  store(host, members)
  return host
}

/** Gives all hosts the client of the etcd among them, which bears one learner at a time. */
export const withEtcd: Prepare = (hosts) => {
  const etcd = hosts.find(({ name }) => name === 'etcd')
  if (etcd === undefined) throw new TypeError('There is no etcd.')
  for (const host of hosts) {
    host.on(list, () => JSON.stringify(membersOf(etcd)))
    host.onChange(/^etcdctl member (?:add|promote|remove) /, ([, , verb, name = '']) => {
      const { [name]: now, ...others } = membersOf(etcd)
      if (verb === 'add' && Object.values(others).includes('learner')) {
        return { code: 1, stderr: 'etcdserver: too many learner members in cluster' }
      }
      if ((verb === 'add') === (now !== undefined))
        return { code: 1, stderr: `${verb} ${name}: not possible` }
      store(etcd, verb === 'remove' ? others : { ...others, [name]: verb === 'add' ? 'learner' : 'voter' })
      return ''
    })
  }
}

export function membersOf(etcd: FakeHost): Members {
  return JSON.parse(etcd.files.read(path) ?? '{}') as Members
}

async function membersFrom(host: HostReader): Promise<Members> {
  return JSON.parse((await host.query(list)).stdout) as Members
}

function store(etcd: FakeHost, members: Members): void {
  const sorted = Object.entries(members).toSorted(([a], [b]) => (a < b ? -1 : 1))
  etcd.files.write(path, JSON.stringify(Object.fromEntries(sorted)))
}
