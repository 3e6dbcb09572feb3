import * as assert from 'uvu/assert'
import type { Host } from '../../lib/host/host.ts'
import { thisHolder } from '../../lib/host/lock.ts'
import { openHost } from '../../lib/host/open.ts'
import { openSession } from '../../lib/transport/kept-session.ts'
import { dialSsh } from '../../lib/transport/ssh.ts'
import { kindOf, type Change, type Resource } from '../../lib/task/kind.ts'
import { same, type State } from '../../lib/task/state.ts'
import type { LabHost } from '../lab/host.ts'
import type { Lab } from '../lab/lab.ts'

/** Works with a host of a lab as the engine does, without an engine. */
export async function withLabHost(lab: Lab, at: LabHost, work: (host: Host) => Promise<void>): Promise<void> {
  const login = { host: at.address, port: at.port, user: 'root', keyFiles: [lab.keyFile] }
  const dial = dialSsh({ ...login, knownHostsFiles: [lab.knownHostsFile] })
  const session = openSession({ title: at.name, dial })
  const { host, close } = await openHost({ name: at.name, session, holder: thisHolder('test') })
  if (host === undefined) throw new Error(`${at.name} was opened for reading only.`)
  try {
    await work(host)
  } finally {
    await close()
  }
}

/** What a resource looks like on a host. */
export async function lookAt(host: Host, { kind, ref }: Resource): Promise<State> {
  const [seen] = await kindOf(kind).read(host, [ref])
  if (seen === undefined || seen instanceof Error) throw seen ?? new Error('nothing was read')
  return seen
}

/** Brings a resource to what it wants, and sees that it is there. */
export async function bringTo(host: Host, resource: Resource): Promise<Change<State>> {
  const kind = kindOf(resource.kind)
  const context = {
    inputs: {},
    keep: (content: Parameters<Host['keep']>[0]) => host.keep(content),
    hashOf: (sha256: string) => host.hashOf(sha256),
  }
  const from = await lookAt(host, resource)
  const to = kind.want(from, resource.spec, context)
  assert.not(same(from, to), `${resource.id} has nothing to do`)
  await kind.apply(host, resource.ref, { from, to })
  const now = await lookAt(host, resource)
  assert.ok(same(kind.want(now, resource.spec, context), now), `it still differs: ${JSON.stringify(now)}`)
  return { from, to }
}
